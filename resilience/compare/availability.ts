import { FAULT_CLASSES } from "./classes.ts";
import type { FaultClass } from "./classes.ts";
import type { ClassProfile } from "./profile.ts";

/** The measure, in the words in which it must be told beside any verdict. */
export const MEASURE =
  "fault class by fault class, the share of the catalogue's faults after which reads and writes go on or come back " +
  "by themselves within the time of R5; a class that a topology can't suffer counts as all, a missing fact as open (more sites bring more faults that harm " +
  "nobody, so read it beside the slowest recovery)";

export interface Contender {
  readonly name: string;
  readonly profiles: readonly ClassProfile[];
}

/** Is one of several topologies the most available? */
export interface AvailabilityVerdict {
  /**
   * `confirmed`: in no class behind any other, and ahead of each in one at the least; `refuted`: behind another in a class,
   * or nowhere ahead of one; `unknown`: a missing fact decides it.
   */
  readonly verdict: "confirmed" | "refuted" | "unknown";
  /** One sentence per class and topology in which it is ahead, behind, or can't be told from. */
  readonly why: readonly string[];
}

/** Between what is shown and what could be, were every open fault to keep R5; a fraction, so that equal shares are equal. */
interface Share {
  readonly least: number;
  readonly most: number;
  readonly of: number;
}

/** Holds one topology against the others. @throws RangeError for a name that is not among them */
export function mostAvailable(name: string, contenders: readonly Contender[]): AvailabilityVerdict {
  const claimed = contenders.find((contender) => contender.name === name);
  if (!claimed) throw new RangeError(`${name} is none of ${contenders.map((one) => one.name).join(", ")}`);
  const others = contenders.filter((contender) => contender !== claimed);
  const compared = others.flatMap((other) =>
    FAULT_CLASSES.map((faultClass) => ({ other, faultClass, ...against(claimed, other, faultClass) })),
  );
  const behind = compared.filter(({ standing }) => standing === "behind");
  const open = compared.filter(({ standing }) => standing === "open");
  const nowhere = others.filter((other) => !compared.some((one) => one.other === other && one.standing === "ahead"));
  const even = nowhere.filter((other) => !open.some((one) => one.other === other));
  const told = compared.filter(({ standing }) => standing !== "equal").map(({ text }) => text);
  return {
    verdict: behind.length + even.length > 0 ? "refuted" : open.length > 0 ? "unknown" : "confirmed",
    why: [...told, ...even.map((other) => `nowhere ahead of ${other.name}`)],
  };
}

function against(claimed: Contender, other: Contender, faultClass: FaultClass) {
  const [own, theirs] = [shareOf(claimed, faultClass), shareOf(other, faultClass)];
  const standing = standingOf(own, theirs);
  const words = { ahead: "ahead of", behind: "behind", open: "open against", equal: "equal to" } as const;
  const figures = `${shareText(own)} against ${shareText(theirs)}`;
  return { standing, text: `${faultClass}: ${words[standing]} ${other.name}, ${figures}` };
}

function standingOf(own: Share, theirs: Share): "ahead" | "behind" | "equal" | "open" {
  const at = (count: number, { of }: Share): number => (of === 0 ? 1 : count / of);
  const [least, most] = [at(own.least, own), at(own.most, own)];
  const [theirLeast, theirMost] = [at(theirs.least, theirs), at(theirs.most, theirs)];
  if (least === most && theirLeast === theirMost && least === theirLeast) return "equal";
  if (least > theirMost) return "ahead";
  return most < theirLeast ? "behind" : "open";
}

function shareOf({ profiles }: Contender, faultClass: FaultClass): Share {
  const profile = profiles.find((one) => one.faultClass === faultClass);
  return profile
    ? { least: profile.within, most: profile.within + profile.open, of: profile.faults }
    : { least: 0, most: 0, of: 0 };
}

function shareText({ least, most, of }: Share): string {
  if (of === 0) return "no such fault";
  return least === most ? `${least} of ${of}` : `${least} to ${most} of ${of}`;
}
