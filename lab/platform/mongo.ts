import { MongoClient } from "mongodb";
import type { Collection, CommandStartedEvent, CommandSucceededEvent } from "mongodb";
import type { Accepted, Newest, Pod, ServerIdentity, Store, StoredWrite, WriteRequest } from "./store.ts";

/** What a write asks of the environment, as the manifests set it. */
const NEEDED = ["MONGO_HOSTS", "MONGO_REPLICA_SET", "MONGO_DATABASE", "MONGO_USER", "MONGO_PASSWORD"] as const;

interface WriteDocument {
  readonly _id: string;
  readonly sentAt: number;
  readonly body: string;
  readonly pod: string;
  readonly podAddress: string;
  /** As the driver knew the primary when it sent this; the acknowledgement tells more exactly. */
  readonly server: ServerIdentity;
  readonly storedAt: Date;
  readonly tries: number;
}

/** `mongodb://…` from the manifest's environment; the options (read preference, write concern) are taken as they are. */
export function connectionString(environment: NodeJS.ProcessEnv): string {
  const missing = NEEDED.filter((name) => !environment[name]);
  if (missing.length > 0) throw new Error(`not set in the environment: ${missing.join(", ")}`);
  const [hosts, set, database, user, password] = NEEDED.map((name) => environment[name] ?? "");
  const options = environment["MONGO_OPTIONS"] ? `&${environment["MONGO_OPTIONS"]}` : "";
  const [name, secret] = [encodeURIComponent(user ?? ""), encodeURIComponent(password ?? "")];
  return `mongodb://${name}:${secret}@${hosts}/${database}?replicaSet=${set}${options}`;
}

/**
 * The store behind `alastair`: one collection of the replica set. The driver waits for what the connection string's write
 * concern asks, and for nothing else.
 */
export class MongoStore implements Store {
  readonly #client: MongoClient;
  readonly #writes: Collection<WriteDocument>;
  readonly #set: string;
  readonly #pod: Pod;
  /** Commands under way by the driver's number, with the write or read they belong to. */
  readonly #commands = new Map<number, string>();
  readonly #answers = new Map<string, ServerIdentity>();
  #reads = 0;
  #primary: ServerIdentity;

  constructor(pod: Pod, environment: NodeJS.ProcessEnv) {
    this.#client = new MongoClient(connectionString(environment), { monitorCommands: true });
    this.#writes = this.#client.db(environment["MONGO_DATABASE"]).collection<WriteDocument>("alastair_writes");
    this.#set = environment["MONGO_REPLICA_SET"] ?? "";
    this.#pod = pod;
    this.#primary = { name: "", system: this.#set, term: "" };
    this.#client.on("commandStarted", (event) => this.#started(event));
    this.#client.on("commandSucceeded", (event) => this.#succeeded(event));
    this.#client.on("commandFailed", ({ requestId }) => this.#commands.delete(requestId));
    this.#client.on("serverDescriptionChanged", ({ newDescription: { type, address, electionId } }) => {
      if (type !== "RSPrimary") return;
      this.#primary = { name: address, system: this.#set, term: electionId?.toHexString() ?? "" };
    });
  }

  async write({ id, sentAt, body }: WriteRequest): Promise<Accepted> {
    const mark = `write ${id} ${this.#reads++}`;
    const { name: pod, address: podAddress } = this.#pod;
    try {
      // A repeated write changes its document: only then does its acknowledgement wait for the journal again.
      await this.#writes.updateOne(
        { _id: id },
        {
          $setOnInsert: { sentAt, body, pod, podAddress, server: this.#primary, storedAt: new Date() },
          $inc: { tries: 1 },
        },
        { upsert: true, comment: mark },
      );
      const server = this.#answers.get(mark);
      if (!server) throw new Error("the driver did not tell who answered");
      return { id, server };
    } finally {
      this.#answers.delete(mark);
    }
  }

  async newest(): Promise<Newest> {
    const mark = `read ${this.#reads++}`;
    try {
      const found = await this.#writes
        .find({}, { projection: { sentAt: 1 }, sort: { sentAt: -1, _id: -1 }, limit: 1, comment: mark })
        .next();
      const server = this.#answers.get(mark)?.name ?? "";
      return { server, write: found && { id: found._id, sentAt: found.sentAt } };
    } finally {
      this.#answers.delete(mark);
    }
  }

  async page(after: string, limit: number): Promise<readonly StoredWrite[]> {
    const found = await this.#writes.find({ _id: { $gt: after } }, { sort: { _id: 1 }, limit }).toArray();
    return found.map(({ _id: id, storedAt, ...rest }) => ({ id, ...rest, storedAt: storedAt.getTime() }));
  }

  /**
   * The index that {@link newest} reads; asked for until a primary has made it. It connects by name: a driver whose first
   * connection failed (mongodb 7.8) refuses everything else for ever, and the pod may be there before the database.
   */
  async prepare(): Promise<void> {
    await this.#client.connect();
    await this.#writes.createIndex({ sentAt: 1, _id: 1 });
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  #started({ requestId, command }: CommandStartedEvent): void {
    const { comment } = command as { readonly comment?: unknown };
    if (typeof comment === "string") this.#commands.set(requestId, comment);
  }

  #succeeded({ requestId, address, reply }: CommandSucceededEvent): void {
    const mark = this.#commands.get(requestId);
    if (mark === undefined) return;
    this.#commands.delete(requestId);
    const { electionId } = (reply ?? {}) as { readonly electionId?: { toHexString(): string } };
    this.#answers.set(mark, { name: address, system: this.#set, term: electionId?.toHexString() ?? "" });
  }
}
