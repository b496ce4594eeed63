/** How an array spreads data over its members. */
export type Level = "single" | "raid0" | "raid1" | "raid5" | "raid6" | "raid10";

/** An array of a server's disks; the same words as in a site's config. */
export interface ArraySpec {
  readonly name: string;
  readonly level: Level;
  /** How many members it has. */
  readonly disks: number;
  /** Storage classes whose volumes lie on it. */
  readonly storageClasses?: readonly string[];
  /** Whether the server's own system lies on it: the server dies with it then. */
  readonly system?: boolean;
}

const fewestMembers: Readonly<Record<Level, number>> = { single: 1, raid0: 2, raid1: 2, raid5: 3, raid6: 4, raid10: 4 };

/** @throws when an array has fewer members than its level takes, or an odd one out. */
export function checkArray({ name, level, disks }: ArraySpec): void {
  const fewest = fewestMembers[level];
  const isRight = level === "single" ? disks === 1 : disks >= fewest && (level !== "raid10" || disks % 2 === 0);
  if (isRight) return;
  const fix = level === "single" ? "one disk" : `${fewest} disks or more${level === "raid10" ? ", in pairs" : ""}`;
  throw new Error(`array ${name}: ${level} of ${disks} disks\n  fix: give it ${fix}`);
}

/**
 * Whether an array still has its data without these members. This is the rule of each level by its definition: a
 * stripe bears no loss, a mirror all but one, single and double parity one and two, and a stripe of mirrors (members 0
 * and 1 are the first pair) as long as no pair is lost whole.
 */
export function hasData({ level, disks }: ArraySpec, failed: ReadonlySet<number>): boolean {
  switch (level) {
    case "single":
    case "raid0":
      return failed.size === 0;
    case "raid1":
      return failed.size < disks;
    case "raid5":
      return failed.size <= 1;
    case "raid6":
      return failed.size <= 2;
    case "raid10":
      return ![...failed].some((member) => failed.has(member % 2 === 0 ? member + 1 : member - 1));
    default: {
      const never: never = level;
      return never;
    }
  }
}

/** The members of an array and their health. The kernel of the lab's machine need not know arrays. */
export class ArrayState {
  readonly spec: ArraySpec;
  readonly #failed = new Set<number>();
  #isLost = false;

  constructor(spec: ArraySpec) {
    checkArray(spec);
    this.spec = spec;
  }

  get failed(): readonly number[] {
    return [...this.#failed];
  }

  /** Whether its data is gone. Members that come back do not bring it back. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Lets a member fail; tells whether the array loses its data by it. @throws when it has no such member. */
  fail(member: number): boolean {
    const { name, disks } = this.spec;
    if (!Number.isInteger(member) || member < 0 || member >= disks)
      throw new Error(`array ${name} has no disk ${member}\n  fix: name one of 0 to ${disks - 1}`);
    this.#failed.add(member);
    if (this.#isLost || hasData(this.spec, this.#failed)) return false;
    this.#isLost = true;
    return true;
  }

  /** Puts a new disk in place of each failed one; a lost array is empty afterwards. Tells whether it was lost. */
  replaceAll(): boolean {
    const wasLost = this.#isLost;
    this.#failed.clear();
    this.#isLost = false;
    return wasLost;
  }
}
