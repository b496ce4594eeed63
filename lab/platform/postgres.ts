import pg from "pg";
import type { Accepted, Newest, Pod, ServerIdentity, Store, StoredWrite, WriteRequest } from "./store.ts";

/** How long a request waits for the database before it is told that it may or may not have been stored. */
const ANSWER_MILLISECONDS = 5000;
const CONNECT_MILLISECONDS = 2000;
/** Connections of one pod: a fifth of what the planned server allows in all (max_connections 200, five services). */
const CONNECTIONS = 40;

/** The server's own word of who it is, evaluated where the write lands. */
const IDENTITY = `
  current_setting('cluster_name') as name,
  (select system_identifier::text from pg_control_system()) as system,
  ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int::text as term`;

interface WriteRow {
  id: string;
  sent_at: string;
  body: string;
  pod: string;
  pod_address: string;
  server: string;
  system: string;
  term: string;
  stored_at: string;
  tries: number;
}

/**
 * The store behind `core` and `events`: one table, written in one statement, so that the answer comes after the commit that
 * `synchronous_commit` and the server's settings ask for. Where it is, and how it is encrypted, says the environment
 * (`PGHOST`, `PGPORT`, `PGDATABASE`, `PGUSER`, `PGPASSWORD`, `PGSSLMODE`); whether it takes writes, only the server.
 */
export class PostgresStore implements Store {
  readonly #pool: pg.Pool;
  readonly #table: string;
  readonly #pod: Pod;
  #made = false;

  constructor(service: string, pod: Pod, environment: NodeJS.ProcessEnv) {
    this.#table = pg.escapeIdentifier(`${service}_writes`);
    this.#pod = pod;
    this.#pool = new pg.Pool({
      max: CONNECTIONS,
      ssl: sslOf(environment["PGSSLMODE"] ?? "prefer"),
      connectionTimeoutMillis: CONNECT_MILLISECONDS,
      query_timeout: ANSWER_MILLISECONDS,
      keepAlive: true,
    });
    // A connection that dies while nobody uses it is replaced by the pool.
    this.#pool.on("error", (error) => process.stderr.write(`idle connection: ${error.message}\n`));
  }

  async write({ id, sentAt, body }: WriteRequest): Promise<Accepted> {
    await this.#make();
    // A repeated write changes its row: only then does its acknowledgement wait for the disk and the standbys again.
    const { rows } = await this.#query<{ name: string; system: string; term: string }>(
      `with me as materialized (select ${IDENTITY}),
         stored as (
           insert into ${this.#table} as w (id, sent_at, body, pod, pod_address, server, system, term)
           select $1, $2, $3, $4, $5, me.name, me.system, me.term from me
           on conflict (id) do update set tries = w.tries + 1
           returning id)
       select me.name, me.system, me.term from me, stored`,
      [id, sentAt, body, this.#pod.name, this.#pod.address],
    );
    const [server] = rows;
    if (!server) throw new Error("the server stored nothing");
    return { id, server };
  }

  async newest(): Promise<Newest> {
    const { rows } = await this.#query<{ server: string; id: string | null; sent_at: string | null }>(
      `select current_setting('cluster_name') as server, w.id, w.sent_at
         from (select 1) as one
         left join (select id, sent_at from ${this.#table} order by sent_at desc, id desc limit 1) as w on true`,
      [],
    );
    const [row] = rows;
    if (!row) throw new Error("the server answered nothing");
    const { server, id, sent_at: sentAt } = row;
    return { server, write: id === null || sentAt === null ? null : { id, sentAt: Number(sentAt) } };
  }

  async page(after: string, limit: number): Promise<readonly StoredWrite[]> {
    const { rows } = await this.#query<WriteRow>(
      `select id, sent_at, body, pod, pod_address, server, system, term, tries,
              extract(epoch from stored_at) * 1000 as stored_at
         from ${this.#table} where id collate "C" > $1 order by id collate "C" limit $2`,
      [after, limit],
    );
    return rows.map(toWrite);
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  /** Made by whoever writes first; a replica gets it from its primary. */
  async #make(): Promise<void> {
    if (this.#made) return;
    await this.#query(
      `create table if not exists ${this.#table} (
         id text collate "C" primary key, sent_at double precision not null, body text not null,
         pod text not null, pod_address text not null,
         server text not null, system text not null, term text not null,
         stored_at timestamptz not null default clock_timestamp(), tries integer not null default 1)`,
      [],
    ).catch((error: unknown) => {
      // Two pods at once: the other one made it (23505 on the catalogue).
      if (!(error instanceof pg.DatabaseError && error.code === "23505")) throw error;
    });
    await this.#query(`create index if not exists ${this.#index()} on ${this.#table} (sent_at, id)`, []);
    this.#made = true;
  }

  #index(): string {
    return pg.escapeIdentifier(`${this.#table.replaceAll('"', "")}_sent_at`);
  }

  async #query<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]): Promise<pg.QueryResult<Row>> {
    try {
      return await this.#pool.query<Row>(text, [...values]);
    } catch (error) {
      // The table may be gone: a restore to a moment before it was made.
      if (error instanceof pg.DatabaseError && error.code === "42P01") this.#made = false;
      throw error;
    }
  }
}

function toWrite(row: WriteRow): StoredWrite {
  const server: ServerIdentity = { name: row.server, system: row.system, term: row.term };
  const { id, body, pod, tries } = row;
  return {
    id,
    body,
    pod,
    tries,
    server,
    sentAt: Number(row.sent_at),
    podAddress: row.pod_address,
    storedAt: Number(row.stored_at),
  };
}

/** libpq's meaning of the modes (PostgreSQL 17, section 32.19.1): `require` encrypts and checks no certificate. */
function sslOf(mode: string): pg.PoolConfig["ssl"] {
  switch (mode) {
    case "disable":
    case "allow":
    case "prefer":
      return false;
    case "require":
      return { rejectUnauthorized: false };
    default:
      throw new Error(`PGSSLMODE is ${mode}: disable, allow, prefer or require is wanted, the lab mounts no CA`);
  }
}
