import { InputError } from "../../config/problem.ts";
import type { Problem } from "../../config/problem.ts";
import type { Fault, FaultEvent } from "../fault.ts";
import type { System } from "../system.ts";
import { makeFault } from "./format.ts";
import { nearest } from "../../config/nearest.ts";
import { targetsOf } from "./targets.ts";
import type { Targets } from "./targets.ts";

type Parsed = FaultEvent | Problem;

const KINDS = [
  "disk",
  "storage",
  "node",
  "zone",
  "site",
  "provider",
  "link",
  "process",
  "corruption",
  "dns",
  "backup-store",
  "control-plane",
  "clock",
  "gateway",
  "certificate-expiry",
] as const;

/**
 * Reads a fault such as `disk:titan:1,storage:aachen`: events of one step are joined by `+`, steps by `,`.
 *
 * @throws InputError with every event that is not written rightly, or names what the system does not have
 */
export function parseFault(expression: string, system: System): Fault {
  const targets = targetsOf(system);
  const problems: Problem[] = [];
  const steps = expression.split(",").map((step) =>
    step.split("+").flatMap((text) => {
      const parsed = parseEvent(text.trim(), targets);
      if ("kind" in parsed) return [parsed];
      problems.push(parsed);
      return [];
    }),
  );
  if (problems.length > 0) throw new InputError(`fault ${JSON.stringify(expression)}`, problems);
  return makeFault(steps);
}

function parseEvent(text: string, targets: Targets): Parsed {
  const [kindText = "", ...rest] = text.split(":");
  const kind = KINDS.find((known) => known === kindText);
  if (!kind) return problem(text, "a kind of fault", kindText, KINDS, (fix) => [fix, ...rest].join(":"));
  const [target = "", qualifier, ...surplus] = rest;
  const takesQualifier = kind === "disk" || kind === "process";
  if (surplus.length > 0 || (qualifier !== undefined && !takesQualifier)) {
    const tail = rest.slice(takesQualifier ? 2 : 1).join(":");
    return {
      offender: text,
      rule: "kind:target, and a qualifier only for disk (a count) and process (hang)",
      value: `:${tail} at the end`,
      fix: `leave :${tail} out`,
    };
  }
  const pick = (valid: readonly string[], what: string, make: () => FaultEvent): Parsed =>
    valid.includes(target)
      ? make()
      : problem(text, what, target, valid, (fix) =>
          [kind, fix, ...(qualifier === undefined ? [] : [qualifier])].join(":"),
        );
  switch (kind) {
    case "disk":
      return parseDisk(text, target, qualifier, targets);
    case "link":
      return parseLink(text, target, targets);
    case "process": {
      if (qualifier !== undefined && qualifier !== "hang")
        return problem(text, "hang, or nothing", qualifier, ["hang"], (fix) => `process:${target}:${fix}`);
      const [process = "", site = ""] = target.split("@");
      return pick(targets.processes, "a process and its site", () => ({
        kind,
        process,
        site,
        hang: qualifier === "hang",
      }));
    }
    case "zone":
      return pick([...targets.sites, ...targets.zones], "a site, or site/zone", () => {
        const [site = "", zone] = target.split("/");
        return zone === undefined ? { kind, site } : { kind, site, zone };
      });
    case "provider":
      return pick(targets.providers, "a provider", () => ({ kind, provider: target }));
    case "storage":
    case "site":
    case "control-plane":
      return pick(targets.sites, "a site", () => ({ kind, site: target }));
    case "clock":
      return pick(targets.clocks, "a site with a database", () => ({ kind, site: target }));
    case "dns":
      return pick(targets.nameServers, "a site with a name server", () => ({ kind, site: target }));
    case "gateway":
      return pick(targets.gateways, "a site with a gateway", () => ({ kind, site: target }));
    case "backup-store":
      return pick(targets.backupStores, "a site with a backup store", () => ({ kind, site: target }));
    case "node":
      return pick(targets.servers, "a server", () => ({ kind, server: target }));
    case "corruption":
      return pick(targets.subjects, "what holds data", () => ({ kind, subject: target }));
    case "certificate-expiry": {
      const [purpose = "", site] = target.split("@");
      return pick(targets.certificates, "a certificate's purpose, with or without a site", () =>
        site === undefined ? { kind, purpose } : { kind, purpose, site },
      );
    }
    default: {
      const never: never = kind;
      throw new Error(`no grammar for ${String(never)}`);
    }
  }
}

function parseDisk(text: string, target: string, qualifier: string | undefined, targets: Targets): Parsed {
  const valid = [...targets.sites, ...targets.arrays];
  if (!valid.includes(target))
    return problem(text, "a site, or site/array", target, valid, (fix) => `disk:${fix}:${qualifier ?? "1"}`);
  const count = Number(qualifier ?? "");
  if (qualifier === undefined || !/^[1-9]\d{0,3}$/.test(qualifier)) {
    return {
      offender: text,
      rule: "how many disks fail at once: a whole number from 1",
      value: qualifier ?? "nothing",
      fix: `disk:${target}:1`,
    };
  }
  const [site = "", array] = target.split("/");
  return array === undefined ? { kind: "disk", site, count } : { kind: "disk", site, array, count };
}

function parseLink(text: string, target: string, targets: Targets): Parsed {
  const valid = targets.links.flatMap(([a, b]) => [`${a}-${b}`, `${a}>${b}`, `${b}>${a}`]);
  for (const [a, b] of targets.links) {
    if (target === `${a}-${b}` || target === `${b}-${a}`) return { kind: "link", from: a, to: b, oneWay: false };
    if (target === `${a}>${b}`) return { kind: "link", from: a, to: b, oneWay: true };
    if (target === `${b}>${a}`) return { kind: "link", from: b, to: a, oneWay: true };
  }
  return problem(text, "two sites with a tunnel between them", target, valid, (fix) => `link:${fix}`);
}

function problem(
  offender: string,
  what: string,
  found: string,
  valid: readonly string[],
  rewrite: (fix: string) => string,
): Problem {
  const guess = nearest(found, valid);
  const rule = valid.length > 0 ? `${what}: ${valid.join(", ")}` : `${what}; this system has none`;
  const fix =
    guess !== undefined
      ? `did you mean ${rewrite(guess)}?`
      : valid.length > 0
        ? `name one of those, for instance ${rewrite(valid[0] ?? "")}`
        : "leave this event out";
  return {
    offender: offender === "" ? "(an empty event)" : offender,
    rule,
    value: found === "" ? "nothing" : found,
    fix,
  };
}
