import { restoreTestName, uploadsBackupName } from "../components/backup-plan.ts";
import { areasOf, hostOf, isBelow } from "../components/routes.ts";
import { claimName } from "../components/service-plan.ts";
import type { Topology } from "../topologies/types.ts";
import type { Problem } from "./problem.ts";
import { isReserved, RESERVED_PREFIXES } from "./reserved-names.ts";
import type { PlatformConfig, ServiceConfig } from "./schema.ts";
import { show } from "./zod-problems.ts";

/** A CronJob adds 11 characters to its name for a Job's, which has 63 at the most (Kubernetes' CronJob reference). */
const LONGEST_CRON_JOB = 52;

/** What is wrong with the services beside each other. */
export function serviceChecks(platform: PlatformConfig, topology: Topology | undefined): readonly Problem[] {
  return [
    ...names(platform.services),
    ...claims(platform.services),
    ...(topology ? cronJobs(platform.services, topology) : []),
    ...routes(platform),
    ...platform.services.flatMap((service, index) => [
      ...hosts(platform, service, index),
      ...requestPaths(platform, service, index),
      ...readiness(service, index),
    ]),
    ...sessions(platform.services),
  ];
}

const where = (index: number, key: string): string => `holdfast:services[${index}].${key}`;

/** A readiness path that says something of a store which is not there, or that liveness asks too. */
function readiness({ store, probe }: ServiceConfig, index: number): readonly Problem[] {
  if (probe.readyPath === undefined) return [];
  const offender = where(index, "probe.readyPath");
  const value = show(probe.readyPath);
  return [
    ...(store === undefined
      ? [{ offender, rule: "only for a service that has a store", value, fix: "leave it out, or name the store" }]
      : []),
    ...(probe.readyPath === probe.path
      ? [
          {
            offender,
            rule: "another path than probe.path",
            reason: "liveness asks that one, and a restart does not mend a store",
            value,
            fix: "let probe.path be one that does not ask the store",
          },
        ]
      : []),
  ];
}

/** Notes which place came first with each key; returns that place to the later ones. */
class Seen {
  readonly #places = new Map<string, string>();

  before(key: string, place: string): string | undefined {
    const earlier = this.#places.get(key);
    if (earlier === undefined) this.#places.set(key, place);
    return earlier;
  }
}

function names(services: readonly ServiceConfig[]): readonly Problem[] {
  const seen = new Seen();
  return services.flatMap(({ name }, index): readonly Problem[] => {
    const offender = where(index, "name");
    const repeated = seen.before(name, offender) !== undefined;
    return [
      ...(repeated
        ? [
            {
              offender,
              rule: "a name that no other service has",
              value: show(name),
              fix: "give one of the two another name",
            },
          ]
        : []),
      ...(isReserved(name)
        ? [
            {
              offender,
              rule: `a name that no part of Holdfast has, and that does not start with ${RESERVED_PREFIXES.join(", ")}`,
              reason: "it would be declared beside the part of that name, or in its place",
              value: show(name),
              fix: `give it another name, such as ${name}-app where that does not start so`,
            },
          ]
        : []),
    ];
  });
}

function claims(services: readonly ServiceConfig[]): readonly Problem[] {
  const seen = new Seen();
  return services.flatMap(({ name, volumes }, index) =>
    volumes.flatMap((volume, at): readonly Problem[] => {
      const offender = where(index, `volumes[${at}].name`);
      const claim = claimName(name, volume.name);
      const other = seen.before(claim, offender);
      if (other === undefined) return [];
      return [
        {
          offender,
          rule: "a service's and a volume's name that together name one volume only",
          reason: "its claim and its backups are named <service>-<volume>",
          value: `${claim}, as for ${other}`,
          fix: "give one of the two volumes another name",
        },
      ];
    }),
  );
}

/** Of every site of the topology: a name must not become too long by a switchover, or when the other site comes up. */
function cronJobs(services: readonly ServiceConfig[], { backups }: Topology): readonly Problem[] {
  return services.flatMap(({ name, volumes }, index) =>
    volumes.flatMap(({ name: volume, content }, at): readonly Problem[] => {
      if (content !== "uploads") return [];
      const claim = claimName(name, volume);
      const [longest = ""] = [
        uploadsBackupName(claim),
        ...["", ...backups.copies.map(({ from }) => `${from}-`)].map((label) => restoreTestName(label, claim)),
      ].sort((a, b) => b.length - a.length);
      if (longest.length <= LONGEST_CRON_JOB) return [];
      return [
        {
          offender: where(index, `volumes[${at}].name`),
          rule: `names that give its backups' CronJobs at most ${LONGEST_CRON_JOB} characters`,
          value: `${longest} (${longest.length})`,
          fix: `take ${longest.length - LONGEST_CRON_JOB} characters from the service's or the volume's name`,
        },
      ];
    }),
  );
}

function routes(platform: PlatformConfig): readonly Problem[] {
  const seen = new Seen();
  return platform.services.flatMap((service, index) =>
    areasOf(service).flatMap(({ match, volume }): readonly Problem[] => {
      // The service's own POST paths are told from its other requests by the method, and checked with the paths below.
      if (match.kind === "exact") return [];
      const at = service.volumes.findIndex(({ name }) => name === volume);
      const offender = where(index, at < 0 ? "path" : `volumes[${at}].urlPath`);
      const host = hostOf(platform, service);
      const other = seen.before(`${host}${match.path.replace(/\/+$/, "")}`, offender);
      if (other === undefined) return [];
      return [
        {
          offender,
          rule: "a host and path that nothing else has",
          value: `${host}${match.path}, as ${other}`,
          fix: "give one of the two another path",
        },
      ];
    }),
  );
}

function hosts({ domain }: PlatformConfig, { host = domain }: ServiceConfig, index: number): readonly Problem[] {
  if (isWithin(host, domain)) return [];
  return [
    {
      offender: where(index, "host"),
      rule: `a name within ${domain}`,
      reason: "the sites' name servers answer for this zone only",
      value: show(host),
      fix: `write a name that ends in .${domain}`,
    },
  ];
}

export const isWithin = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`);

function requestPaths(platform: PlatformConfig, service: ServiceConfig, index: number): readonly Problem[] {
  const given: readonly (readonly [string, string])[] = [
    ...(service.session ? [["session.signInPath", service.session.signInPath] as const] : []),
    ...service.postIsRead.map((path, at) => [`postIsRead[${at}]`, path] as const),
  ];
  return given.flatMap(([key, path]): readonly Problem[] => {
    if (!isBelow(path, service.path))
      return [
        {
          offender: where(index, key),
          rule: `a path below ${service.path}`,
          reason: "other paths do not reach this service",
          value: show(path),
          fix: `write it as visitors' browsers ask for it: ${service.path.replace(/\/$/, "")}${path}`,
        },
      ];
    const nearer = platform.services.find(
      (other) =>
        other.name !== service.name &&
        hostOf(platform, other) === hostOf(platform, service) &&
        other.path.length > service.path.length &&
        isBelow(path, other.path),
    );
    if (!nearer) return [];
    return [
      {
        offender: where(index, key),
        rule: "a path that reaches this service",
        reason: `all below ${nearer.path} goes to ${nearer.name}`,
        value: show(path),
        fix: `move it to ${nearer.name}, or write a path outside of ${nearer.path}`,
      },
    ];
  });
}

function sessions(services: readonly ServiceConfig[]): readonly Problem[] {
  const [first, ...others] = services.flatMap(({ session }, index) => (session ? [index] : []));
  return others.map((index) => ({
    offender: where(index, "session"),
    rule: "one service at which visitors sign in",
    value: `services[${first}] has one too`,
    fix: "take one of the two away",
  }));
}
