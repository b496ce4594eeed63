import { days, hours } from "../topologies/units.ts";
import type { Seconds } from "../topologies/units.ts";

/**
 * Longest time between two runs of a cron expression, seconds, for the forms that a topology's backups have: a fixed
 * minute and hour, on every day, one day of the week, or one day of the month.
 *
 * @throws Error for any other form: an alert that waits for a wrong time is no alert
 */
export function longestInterval(schedule: string): Seconds {
  const [minute = "", hour = "", day = "", month = "", weekday = "", ...rest] = schedule.trim().split(/\s+/);
  const fixed = (field: string): boolean => /^\d+$/.test(field);
  if (fixed(minute) && fixed(hour) && month === "*" && rest.length === 0) {
    if (day === "*" && weekday === "*") return hours(24);
    if (day === "*" && fixed(weekday)) return days(7);
    if (fixed(day) && Number(day) <= 28 && weekday === "*") return days(31);
  }
  throw new Error(`cron expression ${JSON.stringify(schedule)}: how long its runs are apart is not known`);
}
