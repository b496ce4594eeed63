import { valueOf } from "../fact.ts";
import type { System } from "../system.ts";
import type { CostLine, CostPurpose } from "./cost.ts";
import { withoutZoneRedundancy } from "./items.ts";
import type { PriceTable } from "./prices.ts";

/** What each promise costs: lines summed by what they are paid for. A purpose that no line serves is left out. */
export function purposesOf(
  lines: readonly CostLine[],
  system: System,
  prices: PriceTable | undefined,
): readonly CostPurpose[] {
  const standbys = standbySites(system);
  const of = (choose: (line: CostLine) => boolean): readonly CostLine[] => lines.filter(choose);
  const own = (line: CostLine): boolean => line.item.startsWith("server.");
  return [
    ...zoneRedundancy(lines, prices),
    ...sum(
      ["R4"],
      "further copies of the databases inside a site",
      of(({ serves, item }) => item.startsWith("disk.") && serves.includes("R4")),
    ),
    ...sum(
      ["R4", "S1.7"],
      "backups",
      of(({ item }) => item.startsWith("blob.")),
    ),
    ...sum(
      ["R5"],
      "health checks that take a dead site out of the names",
      of(({ serves }) => serves.includes("R5")),
    ),
    ...sum(
      ["R7"],
      `the standby: all of ${standbys.join(" and ")}`,
      of(({ site }) => standbys.includes(site)),
    ),
    ...sum(["R6"], "servers of one's own, as declared", of(own)),
    ...sum(
      ["S2.5"],
      "what is paid to the provider: its list price, if a sponsorship ends",
      of((line) => !own(line)),
    ),
  ];
}

/** Sites whose PostgreSQL takes no writes. */
function standbySites({ sites, postgres }: System): readonly string[] {
  return sites
    .map(({ name }) => name)
    .filter((name) => {
      const roles = postgres.filter(({ site }) => site === name).map(({ replica }) => valueOf(replica));
      return roles.length > 0 && roles.every((replica) => replica === true);
    });
}

function sum(ids: readonly string[], what: string, lines: readonly CostLine[]): readonly CostPurpose[] {
  if (lines.length === 0) return [];
  return [
    {
      ids,
      what,
      monthly: lines.reduce((total, { monthly }) => total + (monthly ?? 0), 0),
      unknown: [...new Set(lines.filter(({ monthly }) => monthly === null).map(({ item }) => item))],
    },
  ];
}

/** The difference to the same storage with its copies in one zone. */
function zoneRedundancy(lines: readonly CostLine[], prices: PriceTable | undefined): readonly CostPurpose[] {
  const pairs = lines.flatMap((line) => {
    const plain = withoutZoneRedundancy(line.item);
    return plain === undefined ? [] : [{ ...line, plain }];
  });
  if (pairs.length === 0) return [];
  const missing = pairs.flatMap(({ item, plain }) => [item, plain].filter((name) => prices?.items[name] === undefined));
  const differences = pairs.map(({ item, plain, quantity }) => {
    const [with_, without] = [prices?.items[item], prices?.items[plain]];
    return with_ === undefined || without === undefined ? 0 : quantity * (with_ - without);
  });
  return [
    {
      ids: ["R7", "S2.4"],
      what: "volumes and backups whose copies lie in several zones, beyond copies in one",
      monthly: differences.reduce((total, difference) => total + difference, 0),
      unknown: [...new Set(missing)],
    },
  ];
}
