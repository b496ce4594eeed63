import { storeProblems } from "../components/backup-checks.ts";
import { aksChecks } from "./aks-checks.ts";
import { aksParts } from "./aks-schema.ts";
import type { Level } from "../topologies/levels.ts";
import type { Topology } from "../topologies/types.ts";
import type { Problem } from "./problem.ts";
import type { ExistingSiteConfig, PlatformConfig, SiteConfig } from "./schema.ts";
import { platformHosts, recordChecks } from "./record-checks.ts";
import { serviceChecks } from "./service-checks.ts";
import { show } from "./zod-problems.ts";

/** A stack's config as far as it could be read; what depends on something else is not checked. */
export interface ReadConfig {
  readonly platform: PlatformConfig | undefined;
  readonly facts: SiteConfig | undefined;
  /** What was given for `facts`. */
  readonly site: unknown;
  /** Undefined where the config names none that exists. */
  readonly topology: Topology | undefined;
}

/** What the schema cannot see: values that must fit to each other. */
export function crossChecks({ platform, facts, site, topology }: ReadConfig, stack: string): readonly Problem[] {
  return [
    ...(platform ? serviceChecks(platform, topology) : []),
    ...(platform && facts ? recordChecks(platform, platformHosts(facts)) : []),
    ...(facts ? siteChecks(facts) : aksChecks(aksParts(site) ?? {})),
  ].map((problem) => ({ ...problem, offender: `${problem.offender} of stack ${stack}` }));
}

/** Fewest disks that each level is defined for. */
const LEAST_DISKS: Readonly<Record<Level, number>> = {
  single: 1,
  raid0: 2,
  raid1: 2,
  raid5: 3,
  raid6: 4,
  raid10: 4,
  raidz1: 2,
  raidz2: 3,
  raidz3: 4,
  lrs: 1,
  zrs: 1,
};

function siteChecks(facts: SiteConfig): readonly Problem[] {
  switch (facts.platform) {
    case "existing":
      return [...serverChecks(facts), ...storeProblems(facts)];
    case "aks":
      return aksChecks(facts);
    default: {
      const never: never = facts;
      throw new Error(`platform of ${JSON.stringify(never)} has no checks`);
    }
  }
}

function serverChecks(facts: ExistingSiteConfig): readonly Problem[] {
  const problems: Problem[] = [];
  const names = facts.servers.map(({ name }) => name);
  const classes = facts.servers.flatMap(({ arrays }) => arrays.flatMap(({ storageClasses }) => storageClasses));
  if (facts.controlPlane === "own" && facts.servers.every(({ controlPlane }) => controlPlane === false)) {
    problems.push({
      offender: "holdfast:site.servers",
      rule: "at least one server that runs the control plane",
      reason: "controlPlane is own: the cluster's control plane runs on the site's servers",
      value: "controlPlane: false for each",
      fix: "say controlPlane: true where it runs, or holdfast:site.controlPlane: provider",
    });
  }
  for (const [index, server] of facts.servers.entries()) {
    const where = `holdfast:site.servers[${index}]`;
    if (names.indexOf(server.name) !== index)
      problems.push({
        offender: `${where}.name`,
        rule: "a name that no other server has",
        value: show(server.name),
        fix: "give one of the two another name",
      });
    for (const [at, array] of server.arrays.entries()) {
      if (server.arrays.findIndex(({ name }) => name === array.name) !== at)
        problems.push({
          offender: `${where}.arrays[${at}].name`,
          rule: "a name that no other array of the server has",
          value: show(array.name),
          fix: "give one of the two another name",
        });
      const least = LEAST_DISKS[array.level];
      if (array.disks < least)
        problems.push({
          offender: `${where}.arrays[${at}].disks`,
          rule: `at least ${least} disks for ${array.level}`,
          value: String(array.disks),
          fix: `correct the number of disks or the level`,
        });
      if (array.level === "raid10" && array.disks % 2 === 1)
        problems.push({
          offender: `${where}.arrays[${at}].disks`,
          rule: "an even number of disks for raid10",
          value: String(array.disks),
          fix: "correct the number of disks or the level",
        });
    }
  }
  if (!classes.includes(facts.storageClass)) {
    problems.push({
      offender: "holdfast:site.storageClass",
      rule: "a storage class that one of the arrays holds",
      reason: "otherwise nobody knows which disks the databases lie on",
      value: show(facts.storageClass),
      fix: `name one of ${classes.join(", ") || "the arrays' storageClasses (there is none yet)"}`,
    });
  }
  const store = facts.servers.find(({ name }) => name === facts.backupStore.server);
  if (!store) {
    problems.push({
      offender: "holdfast:site.backupStore.server",
      rule: `one of the site's servers: ${names.join(", ")}`,
      value: show(facts.backupStore.server),
      fix: `name the server on whose disks the backups lie`,
    });
  } else if (!store.arrays.some(({ name }) => name === facts.backupStore.array)) {
    problems.push({
      offender: "holdfast:site.backupStore.array",
      rule: `one of the arrays of ${store.name}: ${store.arrays.map(({ name }) => name).join(", ")}`,
      value: show(facts.backupStore.array),
      fix: "name the array on which the backups lie",
    });
  }
  return problems;
}
