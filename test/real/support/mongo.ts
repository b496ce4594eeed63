import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { MongoClient } from "mongodb";
import type { Document } from "mongodb";
import { ensureTools } from "../../../lab/binaries/ensure.ts";
import { addAddress, addHosts, scratchFolder } from "./machine.ts";
import type { Daemon, Daemons } from "./processes.ts";

/** The part of a replica set's configuration that the tests look at. */
export interface ReplicaSetConfig {
  readonly _id: string;
  readonly members: readonly ReplicaSetMember[];
  readonly settings?: { readonly electionTimeoutMillis?: number };
}

export interface ReplicaSetMember {
  readonly _id: number;
  readonly host: string;
  readonly priority?: number;
  readonly votes?: number;
  readonly arbiterOnly?: boolean;
}

const MEGABYTES_OF_OPLOG = "50";
const GIGABYTES_OF_CACHE = "0.25";

/** A real mongod that listens where its member's planned host name points. */
export class Member {
  readonly #folder = scratchFolder("mongod");
  #daemon: Daemon | undefined;
  #client: MongoClient | undefined;

  constructor(
    readonly planned: ReplicaSetMember,
    readonly replicaSet: string,
    readonly address: string,
    readonly daemons: Daemons,
  ) {}

  get #port(): string {
    return this.planned.host.split(":")[1] ?? "27017";
  }

  /** Gives the member its address and name. */
  async prepare(): Promise<void> {
    await addAddress(this.address);
    const name = this.planned.host.split(":")[0] ?? "";
    // A pod's search list completes the Service's short names.
    addHosts(this.address, [name, `${name}.cluster.local`]);
    mkdirSync(join(this.#folder, "db"));
  }

  async start(): Promise<void> {
    const { mongod } = await ensureTools(["mongod"]);
    const args = ["--replSet", this.replicaSet, "--dbpath", join(this.#folder, "db"), "--port", this.#port];
    const frugal = ["--oplogSize", MEGABYTES_OF_OPLOG, "--wiredTigerCacheSizeGB", GIGABYTES_OF_CACHE, "--nounixsocket"];
    this.#daemon = this.daemons.start("mongod", mongod["mongod"] ?? "mongod", [
      ...args,
      ...frugal,
      "--bind_ip",
      this.address,
    ]);
    await this.#daemon.ready(async () => Boolean(await this.command({ ping: 1 })));
  }

  /** Stops it as a power cut would. */
  async kill(): Promise<void> {
    await this.disconnect();
    await this.#daemon?.stop("SIGKILL");
  }

  async disconnect(): Promise<void> {
    await this.#client?.close();
    this.#client = undefined;
  }

  async client(): Promise<MongoClient> {
    this.#client ??= await MongoClient.connect(`mongodb://${this.address}:${this.#port}`, {
      directConnection: true,
      serverSelectionTimeoutMS: 1000,
    });
    return this.#client;
  }

  async command(command: Document): Promise<Document> {
    return (await this.client()).db("admin").command(command);
  }

  /** `PRIMARY`, `SECONDARY`, `ARBITER`, or what else the member calls itself. */
  async state(): Promise<string> {
    const { members } = (await this.command({ replSetGetStatus: 1 })) as {
      members: readonly { self?: boolean; stateStr: string }[];
    };
    return members.find(({ self }) => self === true)?.stateStr ?? "unknown";
  }

  /** Does it take writes? A member says PRIMARY some moments before it does. */
  async writable(): Promise<boolean> {
    return (await this.command({ hello: 1 }))["isWritablePrimary"] === true;
  }
}
