/** Days that are looked at: five years from 2024 on hold two leap days, and every first of a month after another. */
const DAYS = 5 * 366;
const NAMES: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const DAY = 86_400;

/**
 * The longest time between two runs of a schedule, seconds; undefined: it is none, or it never runs twice.
 *
 * @param seconds is there a field for seconds before the usual five, as in CloudNativePG's ScheduledBackup?
 */
export function longestGap(schedule: unknown, seconds = false): number | undefined {
  if (typeof schedule !== "string") return undefined;
  const text = NAMES[schedule.trim()];
  const fields = text === undefined ? schedule.trim().split(/\s+/) : [...(seconds ? ["0"] : []), ...text.split(" ")];
  if (seconds && fields.length === 5) fields.unshift("0");
  if (fields.length !== (seconds ? 6 : 5)) return undefined;
  const [minute, hour, dayOfMonth = "", month, dayOfWeek = ""] = seconds ? fields.slice(1) : fields;
  const sets = [
    values(seconds ? fields[0] : "0", 0, 59),
    values(minute, 0, 59),
    values(hour, 0, 23),
    values(dayOfMonth, 1, 31),
    values(month, 1, 12, MONTHS),
    values(dayOfWeek, 0, 7, WEEKDAYS),
  ];
  const [atSeconds, atMinutes, atHours, onDays, inMonths, onWeekdays] = sets;
  if (!atSeconds || !atMinutes || !atHours || !onDays || !inMonths || !onWeekdays) return undefined;
  const times = [...atHours]
    .flatMap((h) => [...atMinutes].flatMap((m) => [...atSeconds].map((s) => h * 3600 + m * 60 + s)))
    .sort((a, b) => a - b);
  // Cron's rule: when both the day of the month and that of the week are restricted, either will do.
  const either = !/^[*?]/.test(dayOfMonth) && !/^[*?]/.test(dayOfWeek);
  const runsOn = (date: Date): boolean => {
    const byMonth = onDays.has(date.getUTCDate());
    const byWeek = onWeekdays.has(date.getUTCDay()) || (date.getUTCDay() === 0 && onWeekdays.has(7));
    return inMonths.has(date.getUTCMonth() + 1) && (either ? byMonth || byWeek : byMonth && byWeek);
  };
  return gapOver(times, runsOn);
}

function gapOver(times: readonly number[], runsOn: (date: Date) => boolean): number | undefined {
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  let longest = Math.max(0, ...times.slice(1).map((time, index) => time - (times[index] ?? time)));
  let before: number | undefined;
  for (let day = 0; day < DAYS; day++) {
    if (!runsOn(new Date(Date.UTC(2024, 0, 1 + day)))) continue;
    if (before !== undefined) longest = Math.max(longest, (day - before) * DAY - last + first);
    before = day;
  }
  return longest > 0 ? longest : undefined;
}

/** The values that one field lets through: `*`, `1,5`, `1-5`, `0/15`, names; undefined: it is no such field. */
function values(
  field: string | undefined,
  least: number,
  most: number,
  names: readonly string[] = [],
): ReadonlySet<number> | undefined {
  const found = new Set<number>();
  for (const part of (field ?? "").toLowerCase().split(",")) {
    const match = /^(\*|\?|[a-z\d]+(?:-[a-z\d]+)?)(?:\/(\d+))?$/.exec(part);
    if (!match) return undefined;
    const [, range = "", step = "1"] = match;
    const [from, to] =
      range === "*" || range === "?" ? [least, most] : range.split("-").map((text) => valueOf(text, least, names));
    // `5/10` starts at 5 and goes on to the end.
    const end = to ?? (match[2] === undefined ? from : most);
    if (from === undefined || end === undefined || Number(step) < 1 || from < least || end > most || from > end)
      return undefined;
    for (let value = from; value <= end; value += Number(step)) found.add(value);
  }
  return found;
}

function valueOf(text: string, least: number, names: readonly string[]): number | undefined {
  const named = names.indexOf(text);
  if (named >= 0) return named + least;
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
