import { mongoMembersOf } from "../topologies/index.ts";
import { bytes, hours } from "../topologies/units.ts";
import type { Bytes, Seconds } from "../topologies/units.ts";
import { mongoHost } from "./connections.ts";
import type { SiteContext } from "./context.ts";
import { MONGO_REPLICA_SET, mongoArbiterName, mongoMemberName } from "./names.ts";
import { bytesWritten } from "./store-pods.ts";

/** A member as `replSetInitiate` takes it (MongoDB 7.0). */
export interface Member {
  readonly _id: number;
  readonly host: string;
  readonly arbiterOnly: boolean;
  readonly priority: number;
  readonly votes: number;
  readonly tags?: Readonly<Record<string, string>>;
}

/** The document of `replSetInitiate`. */
export interface ReplicaSetConfig {
  readonly _id: string;
  readonly members: readonly Member[];
  readonly settings: {
    readonly electionTimeoutMillis: number;
    readonly heartbeatIntervalMillis: number;
    readonly heartbeatTimeoutSecs: number;
  };
}

/** One member that runs at a site. */
export interface LocalMember {
  /** Name of the StatefulSet and of the Service, `mongo-<site>-<n>` or `mongo-<site>-arbiter`. */
  readonly name: string;
  readonly arbiter: boolean;
  /** Number within the replica set, frozen: it follows from the site's place in the topology and the member's own. */
  readonly id: number;
}

/** Members of a site lie in a block of ten numbers; MongoDB takes 0 to 255 (7.0). */
const IDS_PER_SITE = 10;
/** An arbiter has the last number of its site's block: it comes and goes with a switchover, and moves none of the rest. */
const ARBITER = 9;

/**
 * The members that a site runs in the role that it plays now.
 *
 * @throws Error if the topology gives a site more members than it has numbers for
 */
export function membersAt({ topology, active }: SiteContext, site: string): readonly LocalMember[] {
  const index = topology.sites.findIndex(({ name }) => name === site);
  if (index < 0) throw new Error(`topology ${topology.name} has no site ${site}`);
  const { data, arbiters } = mongoMembersOf(topology, site, active);
  if (data > ARBITER || arbiters > 1) {
    throw new Error(
      `topology ${topology.name}: ${data} data members and ${arbiters} arbiters at ${site}; 9 and 1 at most`,
    );
  }
  const first = index * IDS_PER_SITE;
  return [
    ...Array.from({ length: data }, (_, n) => ({ name: mongoMemberName(site, n), arbiter: false, id: first + n })),
    ...(arbiters > 0 ? [{ name: mongoArbiterName(site), arbiter: true, id: first + ARBITER }] : []),
  ];
}

/**
 * The replica set over all sites, in the roles that they play now; the same document at every site.
 *
 * Heartbeats: a primary that has heard no majority for `electionTimeoutMillis` steps down. At the default interval of 2 s
 * one late heartbeat of the arbiter would be enough for that while another site is away, so four fit into the time-out.
 */
export function replicaSetConfig(context: SiteContext): ReplicaSetConfig {
  const { topology, active } = context;
  const members = topology.sites.flatMap(({ name: site }) => {
    const { priority, votes } = mongoMembersOf(topology, site, active);
    return membersAt(context, site).map(({ name, arbiter, id }): Member => {
      const common = { _id: id, host: mongoHost(name), arbiterOnly: arbiter, votes: arbiter ? 1 : votes };
      // Arbiters take neither a priority nor tags.
      return arbiter ? { ...common, priority: 0 } : { ...common, priority, tags: { site } };
    });
  });
  const millis = topology.mongo.electionTimeout * 1000;
  return {
    _id: MONGO_REPLICA_SET,
    members,
    settings: {
      electionTimeoutMillis: millis,
      heartbeatIntervalMillis: Math.floor(millis / 4),
      heartbeatTimeoutSecs: Math.max(1, Math.ceil(topology.mongo.electionTimeout)),
    },
  };
}

/** How long another site may be cut off and still catch up, if the volume is large enough. */
const LINK_ABSENCE = hours(72);
/** An entry of the oplog holds the whole change, and its own fields. Assumed; `rs.printReplicationInfo()` measures it. */
const OPLOG_AMPLIFICATION = 2;
/** The least that mongod takes (7.0). */
const LEAST_OPLOG = bytes(990 * 2 ** 20);

/**
 * Size of the oplog: enough for a site that is away for {@link LINK_ABSENCE}, a quarter of the volume at the most.
 * `lasts` is how long that really is at the promised load, in seconds; a member that was away for longer copies
 * everything anew, by itself.
 */
export function oplogOf({ topology, platform }: SiteContext): { readonly size: Bytes; readonly lasts: Seconds } {
  const perSecond = bytesWritten(platform.workload) * OPLOG_AMPLIFICATION;
  const size = Math.max(LEAST_OPLOG, Math.min(perSecond * LINK_ABSENCE, topology.mongo.storage / 4));
  return { size: bytes(Math.floor(size)), lasts: hours(perSecond > 0 ? size / perSecond / 3600 : 24 * 365) };
}

/**
 * A message that asks mongod who it is (`hello`), as MongoDB's wire protocol writes it (OP_MSG, 6.0 and later). Sent by
 * the shell itself: mongosh needs about a second of CPU for each start, too much for a probe every few seconds; and to
 * open a connection is not enough, since the kernel still accepts those of a process that is stopped.
 */
export function helloMessage(): Buffer {
  const text = (value: string): Buffer => Buffer.from(`${value}\0`);
  const int32 = (value: number): Buffer => {
    const buffer = Buffer.alloc(4);
    buffer.writeInt32LE(value);
    return buffer;
  };
  const OP_MSG = 2013;
  const elements = Buffer.concat([
    Buffer.concat([Buffer.of(0x10), text("hello"), int32(1)]),
    Buffer.concat([Buffer.of(0x02), text("$db"), int32(text("admin").length), text("admin")]),
    Buffer.of(0),
  ]);
  const document = Buffer.concat([int32(elements.length + 4), elements]);
  const body = Buffer.concat([int32(1), int32(0), int32(OP_MSG), int32(0), Buffer.of(0), document]);
  return Buffer.concat([int32(body.length + 4), body]);
}

/**
 * Fails unless mongod answers within the time. The C locale makes `read` take one byte, whatever it is.
 *
 * @param timeoutSeconds the probe's own time-out is to be at least this
 */
export function helloCommand(port: number, timeoutSeconds: number): readonly string[] {
  const message = [...helloMessage()].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
  const script = [
    "export LC_ALL=C",
    `exec 3<>/dev/tcp/127.0.0.1/${port}`,
    `printf '${message}' >&3`,
    `read -r -N 1 -t ${timeoutSeconds} -u 3`,
  ];
  return ["bash", "-c", script.join(" && ")];
}
