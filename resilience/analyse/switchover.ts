import { CNPG_ARCHIVE_REQUEST, CNPG_REQUEUE, ENDPOINT_SYNC, POSTGRES_START } from "../constants.ts";
import { valueOf } from "../fact.ts";
import type { DataLoss, Outcome, Stage } from "../outcome.ts";
import type { PostgresCluster, Service, System, Volume } from "../system.ts";
import { siteLevels, subjectsOf, worseLevel } from "./levels.ts";
import { archiveLooks, HISTORIES, sourceTried } from "./archive-looks.ts";
import { none } from "./loss-parts.ts";
import { allStages, constantStage, stageOf } from "./restart.ts";
import { Trail } from "./trail.ts";
import { requestsOf } from "./routes.ts";
import { World } from "./world.ts";

/** How the planned switchover is named where faults are. It is none: nothing breaks, and a person does it. */
export const PLANNED_SWITCHOVER = "planned switchover";

/** What a planned switchover does, in the words of an outcome. */
export interface Switchover extends Pick<
  Outcome,
  "fault" | "title" | "sites" | "recovery" | "dns" | "dataLoss" | "splitBrain" | "reasons" | "unknowns" | "pending"
> {
  /** Site that takes the writes now, and the one that is to take them. */
  readonly from: string;
  readonly to: string;
}

/** Names of the stages whose length no person governs. */
export const switchoverStages = { demoted: "demoted", promoted: "promoted" } as const;

/**
 * What happens when the active site hands over to a standby as planned, both alive. Undefined where there is no site that
 * could take over, or where it is not known which one takes the writes.
 *
 * The time without writes is a person's: it ends with the last command. Only the demotion and the promotion of PostgreSQL
 * in between are bounded by settings; MongoDB goes on taking writes, once the routes lead to the other site.
 */
export function plannedSwitchover(system: System): Switchover | undefined {
  const active = system.postgres.filter(({ replica }) => valueOf(replica) === false);
  const standby = system.postgres.find(({ replica }) => valueOf(replica) === true);
  const [from] = active;
  if (from === undefined || active.length > 1 || standby === undefined) return undefined;
  const trail = new Trail();
  const uploads = uploadsAt(system, from.site);
  const only = servicesOnlyAt(system, from.site, standby.site);
  const stages = allStages([...demotion(from, trail), ...promotion(from, standby, trail)]);
  trail.say(
    "from the first `up` to the last one nobody takes writes, so that no two sites ever do",
    from.urn,
    standby.urn,
  );
  trail.say(
    `for a while neither ${from.name} nor ${standby.name} may answer: the one is started anew as a standby while the other is promoted and restarted`,
    from.urn,
    standby.urn,
  );
  if (only.length > 0)
    trail.say(
      `a standby does not run ${only.map(({ name }) => name).join(", ")}: gone from ${from.site} before ${standby.site} has them`,
      ...only.map(({ urn }) => urn),
    );
  if (uploads.length > 0)
    trail.say(
      `users' files stay at ${from.site} until a person brings them over: ${uploads.map(({ name }) => name).join(", ")}`,
      ...uploads.map(({ urn }) => urn),
    );
  return {
    fault: PLANNED_SWITCHOVER,
    title: `Planned switchover from ${from.site} to ${standby.site}`,
    from: from.site,
    to: standby.site,
    // With the roles exchanged each site gets what it gets now: a plan of that config says whether it does.
    sites: system.sites.map(({ name: site }) => {
      const { reads, writes, unserved } = siteLevels(new World(system, new Set(), new Trail()), site);
      const stopped = new Set([from, standby].map((cluster) => `process:postgres@${cluster.site}`));
      const meanwhile = siteLevels(new World(system, stopped, new Trail()), site);
      const away = [...uploads, ...only].map(({ name }) => name);
      return {
        ...{ site, reads, writes, unserved },
        transition: {
          reads: away.length > 0 ? worseLevel(meanwhile.reads, "partial") : meanwhile.reads,
          writes: "down",
          unserved: {
            reads: [...new Set([...meanwhile.unserved.reads, ...away])].sort(),
            writes: subjectsOf(requestsOf(system)).writes,
          },
          seconds: null,
          stages: [],
        },
        signIn: "unknown",
        sessionsEndAfter: null,
        reasons: [],
      };
    }),
    recovery: { mode: "manual", seconds: null, stages: stages ?? [], commands: commands(from.site, standby.site) },
    dns: { affectedShare: 0, seconds: 0, stages: [], settles: true, reads: "full", writes: "full", reasons: [] },
    dataLoss: losses(system, from, uploads),
    splitBrain: {
      possible: "no",
      why: "the standby is promoted with the token that the demotion left, and with nothing less",
      urns: [from.urn, standby.urn],
    },
    reasons: trail.reasons,
    unknowns: trail.unknowns,
    pending: trail.pending,
  };
}

/** Until the operator has stopped every instance, its last log is in the archive, and the token is written. */
const demotion = (from: PostgresCluster, trail: Trail): readonly (Stage | undefined)[] => [
  stageOf(switchoverStages.demoted, from.stopDelay, `stopDelay of ${from.name}: all its instances are stopped`, trail),
  constantStage(switchoverStages.demoted, CNPG_ARCHIVE_REQUEST, [from.urn]),
  constantStage(switchoverStages.demoted, CNPG_REQUEUE, [from.urn]),
];

/**
 * Until the former standby takes writes for good, counted from when it was told to: the demoted cluster is there again as a
 * standby, the receiver finds it, the log up to the token has arrived, and the operator looks. Then it is restarted once: a
 * primary archives with `archive_mode=on`, a designated primary with `always`, and PostgreSQL reads that at its start only
 * (CloudNativePG 1.27, pkg/postgres/configuration.go).
 */
const promotion = (from: PostgresCluster, to: PostgresCluster, trail: Trail): readonly (Stage | undefined)[] => [
  constantStage(switchoverStages.promoted, POSTGRES_START, [from.urn]),
  stageOf(
    switchoverStages.promoted,
    to.walReceiverTimeout,
    `wal_receiver_timeout of ${to.name}: a connection that was lost is given up`,
    trail,
  ),
  sourceTried(switchoverStages.promoted, to, trail),
  constantStage(switchoverStages.promoted, CNPG_REQUEUE, [to.urn]),
  ...archiveLooks(switchoverStages.promoted, to, HISTORIES.promotion, trail),
  stageOf(switchoverStages.promoted, to.stopDelay, `stopDelay of ${to.name}: restarted for archive_mode`, trail),
  constantStage(switchoverStages.promoted, CNPG_REQUEUE, [to.urn]),
  constantStage(switchoverStages.promoted, POSTGRES_START, [to.urn]),
  constantStage(switchoverStages.promoted, ENDPOINT_SYNC, [to.urn]),
];

/** Volumes with users' files at a site, which no database replicates. */
const uploadsAt = (system: System, site: string): readonly Volume[] =>
  system.volumes.filter(
    (volume) =>
      volume.site === site &&
      valueOf(volume.content) === "uploads" &&
      system.services.some((service) => service.site === site && service.volumes.includes(volume.name)),
  );

/** Services of the site that hands over which the other one does not run as a standby. */
const servicesOnlyAt = (system: System, from: string, to: string): readonly Service[] =>
  system.services.filter(
    ({ site, name }) => site === from && !system.services.some((other) => other.site === to && other.name === name),
  );

/** Nothing that was acknowledged: what this rests on is said, and drilled. */
function losses(system: System, from: PostgresCluster, uploads: readonly Volume[]): readonly DataLoss[] {
  const kept = (subject: string, text: string, urn: string): DataLoss => ({
    ...none(subject),
    reasons: [{ text, urns: [urn] }],
  });
  return [
    kept("postgres", `the standby is promoted only when it has all that ${from.name} had when it stopped`, from.urn),
    ...system.mongo.map(({ urn }) =>
      kept(
        "mongo",
        "a member that is elected first takes over what the others have (catchUpTimeoutMillis, no limit)",
        urn,
      ),
    ),
    ...uploads.map(({ name, site, urn }) =>
      kept(
        `uploads:${name}@${site}`,
        `they stay at ${site}, and are not found elsewhere until a person brings them over`,
        urn,
      ),
    ),
  ];
}

const commands = (from: string, to: string): readonly string[] => [
  `pulumi config set holdfast:active ${to} -s ${from}`,
  `pulumi config set holdfast:active ${to} -s ${to}`,
  `pulumi up -s ${from}`,
  `pulumi up --refresh -s ${from}`,
  `pulumi up -s ${to}`,
];
