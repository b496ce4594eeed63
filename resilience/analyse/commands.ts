import { valueOf } from "../fact.ts";
import type { DataLoss, SiteOutcome } from "../outcome.ts";
import type { System } from "../system.ts";
import { freedVolumes, returnedServers } from "./commands-volumes.ts";
import { endOf } from "./loss-parts.ts";
import type { Step } from "./history.ts";
import { isWorse, isWrite, siteLevels } from "./levels.ts";
import { publicRecords } from "./names.ts";
import type { Levels } from "./levels.ts";
import { instancesAlive } from "./postgres.ts";
import { Trail } from "./trail.ts";
import { World } from "./world.ts";

/** What a person must type, in order; empty when nothing waits for a person. */
export function commandsFor(
  steps: readonly Step[],
  sites: readonly SiteOutcome[],
  losses: readonly DataLoss[],
  normal: ReadonlyMap<string, Levels>,
): readonly string[] {
  const step = steps.at(-1);
  if (!step) return [];
  const { system } = step.before;
  const end = endOf(steps, new Trail());
  const commands = [
    ...replacements(system, steps),
    ...(end ? freedVolumes(end, sites, normal) : []),
    ...(end ? returnedServers(end, sites, normal) : []),
    ...promotions(system, steps, sites, normal),
    ...losses.flatMap((loss) => restoration(system, loss)),
    ...rebuilds(system, steps),
    ...stuck(system, step),
    ...renewals(system, steps),
    ...staticZone(system, step),
  ];
  return [...new Set(commands)].filter((command) => !concernsGone(system, end, command));
}

/** What would be typed at a site that is gone with its provider, for good, needs nobody any more. */
function concernsGone(system: System, end: World | undefined, command: string): boolean {
  return system.sites.some(({ name, provider }) => {
    const owner = provider && valueOf(provider);
    const isAtSite =
      ` ${command} `.includes(` -s ${name} `) ||
      command.includes(`--context ${name} `) ||
      command.startsWith(`cut ${name} off `) ||
      command.startsWith(`when ${name} is back`);
    return owner !== undefined && end?.has(`provider:${owner}`) === true && isAtSite;
  });
}

/** An array that is lost is replaced by nobody but a person. */
function replacements(system: System, steps: readonly Step[]): readonly string[] {
  const end = endOf(steps, new Trail());
  return system.sites.flatMap((site) =>
    site.servers.flatMap((server) => {
      const lost = server.arrays.filter((array) => end?.arrayKept(server.name, array.name) === "no");
      const own = valueOf(server.systemArray);
      const bare = end?.has(`server:${server.name}`) && lost.some(({ name }) => own === undefined || name === own);
      return [
        ...lost.map((array) => `replace the disks of ${server.name} and make array ${array.name} anew`),
        ...(bare
          ? [`install the system of ${server.name} anew and bring it back into the cluster of ${site.name}`]
          : []),
      ];
    }),
  );
}

/** A standby that lost its data is cloned anew from the site that takes the writes. */
function rebuilds(system: System, steps: readonly Step[]): readonly string[] {
  const end = endOf(steps, new Trail());
  const primary = system.postgres.find(({ replica }) => valueOf(replica) === false);
  if (!end || !primary || instancesAlive(end, primary).lost !== "no") return [];
  return system.postgres
    .filter((cluster) => valueOf(cluster.replica) === true && instancesAlive(end, cluster).lost === "yes")
    .flatMap((cluster) => rebuild(cluster.site, primary.site, cluster.name));
}

/** A cluster's bootstrap is read when it is made, and never again: the shell of what is lost has to go first. */
function rebuild(site: string, from: string, cluster: string): readonly string[] {
  return [
    `kubectl --context ${site} -n platform delete clusters.postgresql.cnpg.io ${cluster}`,
    `pulumi config set --path holdfast:rebuilt.from ${from} -s ${site}`,
    `pulumi config set --path holdfast:rebuilt.times 1 -s ${site} # one more than before`,
    `pulumi up --refresh -s ${site}`,
  ];
}

/** Nobody takes writes any more, and another site has a standby: a person decides, as two sites can't tell a dead peer from a dead link. */
function promotions(
  system: System,
  steps: readonly Step[],
  sites: readonly SiteOutcome[],
  normal: ReadonlyMap<string, Levels>,
): readonly string[] {
  const end = endOf(steps, new Trail());
  // A site that never took writes loses none, which is no reason to leave the others without.
  const lostWrites =
    (sites.every(({ writes }) => writes === "read-only" || writes === "down") &&
      sites.some(({ site, writes }) => isWorse(writes, normal.get(site)?.writes ?? writes))) ||
    (end !== undefined && !sites.some(({ writes }) => writes === "unknown") && writesTakenNowhere(end).length > 0);
  if (!lostWrites || !end || end.has("corrupted:postgres")) return [];
  const target = system.postgres.find(
    (cluster) => valueOf(cluster.replica) === true && (instancesAlive(end, cluster).count ?? 0) > 0,
  );
  const former = system.postgres.find((cluster) => valueOf(cluster.replica) === false);
  if (!target || !former || (instancesAlive(end, former).count ?? 1) > 0) return [];
  return promotion(system, former.site, target.site);
}

/** Writes that no site's clients get through any more and some did: other writes that are taken are no comfort for these. */
function writesTakenNowhere(end: World): readonly string[] {
  const healthy = new World(end.system, new Set(), new Trail());
  const failing = (world: World): readonly (readonly string[])[] =>
    end.system.sites.map(({ name }) => siteLevels(world, name).failing);
  const usual = failing(healthy);
  const [first = [], ...others] = failing(end);
  return first.filter(
    (request) =>
      isWrite(request) &&
      others.every((each) => each.includes(request)) &&
      usual.some((each) => !each.includes(request)),
  );
}

/**
 * The steps that make another site the one that takes writes. The former one must be told first: its config still says that
 * it is active, so that it would take writes again as soon as it came back. The set's other votes were there too, and no
 * volume of its uploads is at the new site.
 */
function promotion(system: System, from: string, to: string): readonly string[] {
  const members = system.mongo.filter((set) => set.members.some(({ site, arbiter }) => site === to && !arbiter));
  const uploads = system.volumes.filter(({ site, content }) => site === from && valueOf(content) !== "cache");
  return [
    `cut ${from} off for good (power, or its uplink): its config still says that it takes the writes, and two sites would as soon as it came back`,
    `pulumi config set holdfast:active ${to} -s ${from}`,
    `pulumi config set holdfast:active ${to} -s ${to}`,
    `pulumi config set holdfast:promotion forced -s ${to}`,
    `pulumi up -s ${to}`,
    ...members.map(
      ({ name }) =>
        `force the configuration of ${name} on the members at ${to}, where no majority is left: docs/restore.md#promote-titan`,
    ),
    ...uploads.map(
      ({ name }) =>
        `bring the uploads ${name} back at ${to}, whose volumes start empty, from the copy there: docs/restore.md#uploads`,
    ),
    `when ${from} is back, before it is connected: its databases are not those that took the writes since; delete its cluster and clone it from ${to}, docs/restore.md#promote-titan`,
  ];
}

function restoration(system: System, loss: DataLoss): readonly string[] {
  if (loss.kind === "none" || loss.kind === "everything" || (loss.kind === "bounded" && loss.restoredFrom === null))
    return [];
  if (loss.restoredFrom === null) return [`find out what is left of ${loss.subject}, then follow docs/restore.md`];
  const standby = system.postgres.find(({ site }) => loss.restoredFrom === `standby ${site}`);
  const primary = system.postgres.find(({ replica }) => valueOf(replica) === false);
  if (standby && primary) {
    return [...promotion(system, primary.site, standby.site), ...rebuild(primary.site, standby.site, primary.name)];
  }
  return [`restore ${loss.subject} from ${loss.restoredFrom}: docs/restore.md`];
}

/** What hangs and is noticed by nothing. */
function stuck(system: System, step: Step): readonly string[] {
  return step.heals
    .filter(({ seconds }) => seconds === Infinity)
    .flatMap(({ keys }) => keys)
    .filter((key) => key.startsWith("process:"))
    .flatMap((key) => {
      const [process = "", site = ""] = key.slice("process:".length).split("@");
      const cluster = process === "postgres" ? system.postgres.find((each) => each.site === site) : undefined;
      return cluster
        ? [
            `kubectl --context ${site} -n platform delete pod -l cnpg.io/cluster=${cluster.name},cnpg.io/instanceRole=primary`,
          ]
        : [
            `bring the control plane of ${site} back, then kubectl --context ${site} -n platform rollout restart deployment/${process}`,
          ];
    });
}

function renewals(system: System, steps: readonly Step[]): readonly string[] {
  const events = steps.flatMap((step) => step.events).filter((event) => event.kind === "certificate-expiry");
  const expired = system.certificates.filter(({ purpose, site }) =>
    events.some((event) => event.purpose === purpose && (event.site ?? site) === site),
  );
  return [
    ...new Set(
      expired.map(({ name, site, renewedBy }) =>
        renewedBy === "cert-manager" ? `cmctl --context ${site} -n platform renew ${name}` : `pulumi up -s ${site}`,
      ),
    ),
  ];
}

function staticZone(system: System, step: Step): readonly string[] {
  const open = publicRecords(system, system.nameServers).filter(({ check }) => check === undefined);
  const dead = step.heals
    .filter(({ seconds }) => seconds === Infinity)
    .flatMap(({ keys }) => keys)
    .filter((key) => key.startsWith("stale-dns:"));
  return dead
    .map((key) => key.slice("stale-dns:".length))
    .filter((site) => !step.struck.has(`expired:public@${site}`))
    .flatMap((site) =>
      system.nameServers
        .filter(
          (server) =>
            server.site !== site &&
            server.records.some((record) => open.includes(record)) &&
            !step.struck.has(`site:${server.site}`),
        )
        .map(
          (server) => `take the addresses of ${site} out of the zone ${server.zone}, then pulumi up -s ${server.site}`,
        ),
    );
}
