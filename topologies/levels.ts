/** How disks are combined, and how many of them may fail at once, whichever they are. */
export const LEVELS = [
  "single",
  "raid0",
  "raid1",
  "raid5",
  "raid6",
  "raid10",
  "raidz1",
  "raidz2",
  "raidz3",
  "zrs",
  "lrs",
] as const;
export type Level = (typeof LEVELS)[number];

/**
 * Disks of an array that may be lost at once, whichever they are, without losing data (worst case: RAID-10 loses data
 * when both disks of one mirror fail). Managed storage (`lrs`, `zrs`) has no disks that its user can lose: `Infinity`.
 *
 * @param disks how many disks the array has
 */
export function toleratedDisks(level: Level, disks: number): number {
  switch (level) {
    case "single":
    case "raid0":
      return 0;
    case "raid1":
      return disks - 1;
    case "raid5":
    case "raid10":
    case "raidz1":
      return 1;
    case "raid6":
    case "raidz2":
      return 2;
    case "raidz3":
      return 3;
    case "lrs":
    case "zrs":
      return Infinity;
    default: {
      const never: never = level;
      throw new Error(`RAID level ${String(never)} has no rule`);
    }
  }
}
