import { must } from "../apply/cluster.ts";
import { eventually } from "../network/wait.ts";
import { clusterAt } from "../site/postgres-cluster.ts";
import type { Site } from "../site/site.ts";
import type { Stacks } from "./replan.ts";
import { bringUp } from "./up.ts";

const CLUSTER = "kubernetes:postgresql.cnpg.io/v1:Cluster";
const TOKEN_WITHIN_MS = 240_000;
const ACTIVE_WITHIN_MS = 420_000;
/** The job of the set takes a step or a few every minute. */
const MOVED_WITHIN_MS = 480_000;
const BETWEEN_LOOKS_MS = 1000;
/** `status.phase` of a cluster of which nothing is under way (CloudNativePG 1.27). */
const HEALTHY = "Cluster in healthy state";

/** Which sites, and their stacks. */
export interface Handover {
  readonly stacks: Stacks;
  readonly from: Site;
  readonly to: Site;
}

/** When what was reached; milliseconds since 1970. */
export interface HandedOver {
  /** The site that hands over was told to. */
  readonly beganAt: number;
  /** Its cluster had written the token. */
  readonly demotedAt: number;
  /** The other site was told to take over. */
  readonly toldAt: number;
  /** Its PostgreSQL took writes. */
  readonly promotedAt: number;
  /** MongoDB's primary was there, and its votes. */
  readonly movedAt: number;
}

/**
 * A planned switchover as a person does it (components/promotion.ts): `holdfast:active` in both stacks; `up` of the site
 * that hands over, which demotes it; `up --refresh` of it, which reads the token; `up` of the site that takes over. Then
 * MongoDB is waited for, which follows by itself.
 */
export async function switchOver({ stacks, from, to }: Handover): Promise<HandedOver> {
  for (const site of [from, to]) stacks.set(site.name, "active", to.name);
  const handing = await stacks.up(from.name);
  const beganAt = Date.now();
  await bringUp(from, handing);
  const urn = stacks.urn(from.name, CLUSTER);
  const hasToken = async (): Promise<boolean> => {
    const { status } = await clusterAt(from);
    await bringUp(from, await stacks.up(from.name, { [urn]: { status } }));
    return stacks.outputs(from.name)["demotionToken"] !== "";
  };
  await eventually(`${from.name}: the token is there`, hasToken, TOKEN_WITHIN_MS, BETWEEN_LOOKS_MS);
  const demotedAt = await switchedAt(from);
  const taking = await stacks.up(to.name);
  const toldAt = Date.now();
  const promoted = untilWritable(to);
  // Waited for below.
  promoted.catch(() => undefined);
  await bringUp(to, taking);
  const promotedAt = await promoted;
  const movedAt = await untilMoved(to);
  return { beganAt, demotedAt, toldAt, promotedAt, movedAt };
}

/** When the operator said that the cluster is a replica now (CloudNativePG 1.27); it tells whole seconds. */
async function switchedAt(site: Site): Promise<number> {
  const { status } = await clusterAt(site);
  const done = status.conditions?.find(({ type }) => type === "ReplicaClusterSwitch");
  return done?.status === "True" ? Date.parse(done.lastTransitionTime) : Date.now();
}

/**
 * @returns when the primary of the site's cluster was first seen to take writes for good: a designated primary that becomes
 *   the primary is restarted once more, for `archive_mode`
 */
async function untilWritable(site: Site): Promise<number> {
  const takesWrites = async (): Promise<boolean> => {
    const { status } = await clusterAt(site);
    const words = [
      "psql",
      "-U",
      "postgres",
      "-XqAtc",
      "select pg_is_in_recovery() or exists (select from pg_settings where pending_restart)",
    ];
    const at = ["exec", String(status.currentPrimary), "--namespace=platform", "--container=postgres", "--"];
    return status.phase === HEALTHY && (await must(site, [...at, ...words])).trim() === "f";
  };
  await eventually(`${site.name}: PostgreSQL takes writes`, takesWrites, ACTIVE_WITHIN_MS, BETWEEN_LOOKS_MS);
  return Date.now();
}

/** As much of the wanted configuration, and of what a member tells, as shows whether the one has become the other. */
export interface SetRoles {
  /** Hosts that can be elected, that cannot, and arbiters, each in the order of the alphabet. */
  readonly hosts: readonly string[];
  readonly passives: readonly string[];
  readonly arbiters: readonly string[];
}

interface WantedMember {
  readonly host: string;
  readonly arbiterOnly: boolean;
  readonly priority: number;
}

/** The roles that a document of `replSetInitiate` gives. */
export function rolesIn(config: string): SetRoles {
  const { members } = JSON.parse(config) as { readonly members: readonly WantedMember[] };
  const hosts = (is: (member: WantedMember) => boolean): readonly string[] =>
    members
      .filter(is)
      .map(({ host }) => host)
      .sort();
  return {
    hosts: hosts(({ arbiterOnly, priority }) => !arbiterOnly && priority > 0),
    passives: hosts(({ arbiterOnly, priority }) => !arbiterOnly && priority <= 0),
    arbiters: hosts(({ arbiterOnly }) => arbiterOnly),
  };
}

/** @returns when the site's member was the primary, and every member had the role that is wanted */
async function untilMoved(site: Site): Promise<number> {
  const { data } = await site.api.get<{ readonly data: Readonly<Record<string, string>> }>(
    "/api/v1/namespaces/platform/configmaps/mongo-config",
  );
  const wanted = JSON.stringify(rolesIn(data["replica-set.json"] ?? ""));
  const moved = async (): Promise<boolean> => {
    const { primary, ...roles } = await toldBy(site);
    return primary && JSON.stringify(roles) === wanted;
  };
  await eventually(`${site.name}: MongoDB's primary and votes are here`, moved, MOVED_WITHIN_MS, 3 * BETWEEN_LOOKS_MS);
  return Date.now();
}

/** What the site's member tells of the set, to whoever asks. */
async function toldBy(site: Site): Promise<SetRoles & { readonly primary: boolean }> {
  const script =
    "const { isWritablePrimary: primary, hosts = [], passives = [], arbiters = [] } = db.hello();" +
    "print(JSON.stringify({ primary, hosts: hosts.sort(), passives: passives.sort(), arbiters: arbiters.sort() }))";
  const shell = ["env", "HOME=/tmp", "mongosh", "--quiet", "--norc", "--eval", script];
  const at = ["exec", `mongo-${site.name}-0-0`, "--namespace=platform", "--container=mongod", "--"];
  return JSON.parse(await must(site, [...at, ...shell])) as SetRoles & { readonly primary: boolean };
}
