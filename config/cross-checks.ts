import type { Level } from "../topologies/levels.ts";
import type { Problem } from "./problem.ts";
import type { PlatformConfig, SiteConfig } from "./schema.ts";
import { show } from "./zod-problems.ts";

/** What the schema cannot see: values that must fit to each other. */
export function crossChecks(platform: PlatformConfig, facts: SiteConfig, stack: string): readonly Problem[] {
  return [...serviceChecks(platform), ...siteChecks(facts)].map((problem) => ({
    ...problem,
    offender: `${problem.offender} of stack ${stack}`,
  }));
}

function serviceChecks({ services, domain }: PlatformConfig): readonly Problem[] {
  const problems: Problem[] = [];
  const where = (index: number, key: string): string => `holdfast:services[${index}].${key}`;
  const seen = { name: new Map<string, number>(), route: new Map<string, number>() };
  let session: number | undefined;
  for (const [index, service] of services.entries()) {
    repeated(seen.name, service.name, index, () =>
      problems.push({
        offender: where(index, "name"),
        rule: "a name that no other service has",
        value: show(service.name),
        fix: "give one of the two another name",
      }),
    );
    const host = service.host ?? domain;
    repeated(seen.route, `${host} ${service.path}`, index, () =>
      problems.push({
        offender: where(index, "path"),
        rule: "a host and path that no other service has",
        value: `${host}${service.path}`,
        fix: "give one of the two another path",
      }),
    );
    if (host !== domain && !host.endsWith(`.${domain}`)) {
      problems.push({
        offender: where(index, "host"),
        rule: `a name within ${domain}`,
        reason: "the sites' name servers answer for this zone only",
        value: show(host),
        fix: `write a name that ends in .${domain}`,
      });
    }
    if (service.session) {
      if (session !== undefined)
        problems.push({
          offender: where(index, "session"),
          rule: "one service at which visitors sign in",
          value: `services[${session}] has one too`,
          fix: "take one of the two away",
        });
      session = index;
    }
    const paths: readonly (readonly [string, string])[] = [
      ...(service.session ? [["session.signInPath", service.session.signInPath] as const] : []),
      ...service.postIsRead.map((path, at) => [`postIsRead[${at}]`, path] as const),
    ];
    for (const [key, path] of paths) {
      if (!path.startsWith(service.path))
        problems.push({
          offender: where(index, key),
          rule: `a path below ${service.path}`,
          reason: "other paths do not reach this service",
          value: show(path),
          fix: `write it as visitors' browsers ask for it: ${service.path.replace(/\/$/, "")}${path}`,
        });
    }
  }
  return problems;
}

function repeated(seen: Map<string, number>, key: string, index: number, report: () => void): void {
  if (seen.has(key)) report();
  else seen.set(key, index);
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
  const problems: Problem[] = [];
  const names = facts.servers.map(({ name }) => name);
  const classes = facts.servers.flatMap(({ arrays }) => arrays.flatMap(({ storageClasses }) => storageClasses));
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
