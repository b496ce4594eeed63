/** A write as a client sends it. */
export interface WriteRequest {
  /** Chosen by the client, so that a write that is sent twice is stored once: letters, digits, `.`, `_`, `-`. */
  readonly id: string;
  /** When the client sent it first: milliseconds since 1970 by the client's clock, which no fault of a database touches. */
  readonly sentAt: number;
  readonly body: string;
}

/**
 * The database server that took a write, as it says itself. Two servers that share all three are one: a standby has the
 * system of its primary, a restarted primary keeps its term, a promoted one begins another.
 */
export interface ServerIdentity {
  /** PostgreSQL: `cluster_name`; MongoDB: the member's host. */
  readonly name: string;
  /** PostgreSQL: the system identifier; MongoDB: the replica set. */
  readonly system: string;
  /** PostgreSQL: the timeline; MongoDB: the election's id. */
  readonly term: string;
}

/** A write as the store holds it. */
export interface StoredWrite extends WriteRequest {
  /** The pod that stored it, and its address, which tells the site. */
  readonly pod: string;
  readonly podAddress: string;
  /** The server that took it first. */
  readonly server: ServerIdentity;
  /** The server's clock at that moment, milliseconds since 1970. */
  readonly storedAt: number;
  /** How often it was sent and stored: 1, or more where a client tried again. */
  readonly tries: number;
}

/** What a store says when it has a write for certain. */
export interface Accepted {
  readonly id: string;
  /** The server that acknowledged this try. */
  readonly server: ServerIdentity;
}

/** The newest write that a reader sees: the greatest `sentAt`, then the greatest id. */
export interface Newest {
  readonly write: { readonly id: string; readonly sentAt: number } | null;
  /** Name of the server that answered. */
  readonly server: string;
}

/** A store behind a service. Every method rejects where the store does not answer or refuses. */
export interface Store {
  /** Resolves only after the store has acknowledged the write, as durably as its settings ask. */
  write(write: WriteRequest): Promise<Accepted>;
  newest(): Promise<Newest>;
  /** Up to `limit` writes whose id follows `after`, in the order of their ids. */
  page(after: string, limit: number): Promise<readonly StoredWrite[]>;
  close(): Promise<void>;
}

/** Who stores: told by the pod itself. */
export interface Pod {
  readonly name: string;
  readonly address: string;
}
