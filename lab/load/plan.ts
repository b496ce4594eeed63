import { z } from "zod";

/**
 * How a client finds the platform:
 *
 * - `browser`: asks the resolver again when the TTL is over, has all addresses, and tries the next one where a connection
 *   can't be made;
 * - `resolver`: asks again when the TTL is over, and uses one address until then;
 * - `pinned`: asked once, and uses that address for ever.
 */
export const clientKinds = ["browser", "resolver", "pinned"] as const;
export type ClientKind = (typeof clientKinds)[number];

export const operations = ["read", "write", "upload"] as const;

const group = z.strictObject({
  /** Where the clients are: a site's name, or `world`. */
  site: z.string().min(1),
  kind: z.enum(clientKinds),
  /** First part of the path behind `/api/`. */
  service: z.string().regex(/^[a-z][a-z0-9-]*$/),
  /** `upload` sends a user's file to `/media/`. */
  operation: z.enum(operations),
  /** Requests per second of the whole group, sent whether or not the former ones were answered. */
  perSecond: z.number().positive(),
  /** Clients that the requests come from, in turn; each resolves by itself. */
  clients: z.int().positive().default(10),
});

const worker = z.strictObject({
  /** Goes into the ids of writes; different for each worker of each run. */
  name: z.string().regex(/^[A-Za-z0-9-]{1,40}$/),
  groups: z.array(group).min(1),
  /** Address and port of the resolver, the machine's own if absent. */
  resolver: z.string().optional(),
  /** The platform's public name: asked of the resolver, sent as SNI and as Host. */
  host: z.string().min(1),
  port: z.int().positive().default(443),
  /** File with the certificate of the CA that signed the platform's. */
  ca: z.string().min(1),
  /** Where the history is written. */
  history: z.string().min(1),
  /** Bytes of a write's body, and of an upload. */
  bodyBytes: z.int().nonnegative().default(200),
  /** A connection, TLS included, that takes longer has failed. */
  connectMilliseconds: z.number().positive().default(3000),
  /** A read that takes longer, all in all, has failed; above the 12 s in which a proxy tries both sites. */
  readMilliseconds: z.number().positive().default(13_000),
  /** A write that takes longer has failed, and may have been stored; above the 31 s for which a proxy may wait for it. */
  writeMilliseconds: z.number().positive().default(35_000),
  /** More requests under way are not sent, and logged as such: the machine is full. */
  mostUnderWay: z.int().positive().default(5000),
});

export type Group = z.output<typeof group>;
export type WorkerPlan = z.output<typeof worker>;
export type WorkerPlanInput = z.input<typeof worker>;

/** @throws ZodError naming what is wrong */
export const readWorkerPlan = (value: unknown): WorkerPlan => worker.parse(value);

/** The body of a write: told by its id alone, so that a checker sees whether a stored one was damaged. */
export function bodyOf(id: string, bytes: number): string {
  return `${id} `.repeat(Math.ceil(bytes / (id.length + 1))).slice(0, bytes);
}
