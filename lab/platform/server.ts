import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { listMedia, mediaName, sendMedia, storeMedia } from "./media.ts";
import type { Pod, Store, WriteRequest } from "./store.ts";

/** A proxy keeps its connections for 90 s (Traefik 3, IdleConnTimeout); closing one before it does would fail a request. */
const KEPT_MILLISECONDS = 120_000;
const MOST_BYTES = 64 * 1024;
const MOST_ROWS = 5000;
const ID = /^[A-Za-z0-9._-]{1,80}$/;

export interface ServiceSettings {
  readonly name: string;
  readonly pod: Pod;
  readonly store: Store;
  /** Folder of users' files; without it there are none. */
  readonly media?: string;
}

/** A request that the service can't take, and no fault of the store. */
class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * A service of the platform, as far as a drill needs one:
 *
 * - `GET /healthcheck`: 200 while the process answers. It asks no database: a probe that did would restart a sound service.
 * - `POST /writes` with {@link WriteRequest}: 201 once the store has acknowledged it; 503 where it refuses, or does not
 *   answer in time, and may or may not have it.
 * - `GET /newest`: the newest write that a reader sees here, and the time.
 * - `GET /writes?after=ID&limit=N`: the stored writes in the order of their ids, for the checker.
 * - `PUT` or `POST /media/SERVICE/NAME`, `GET /media/SERVICE/NAME`: users' files; `GET /media/SERVICE/`: which there are.
 */
export function platformServer(settings: ServiceSettings): Server {
  const counts = new Map<number, number>();
  const server = createServer((request, response) => {
    response.on("finish", () => counts.set(response.statusCode, (counts.get(response.statusCode) ?? 0) + 1));
    answer(settings, counts, request, response).catch((error: unknown) => fail(response, error));
  });
  server.keepAliveTimeout = KEPT_MILLISECONDS;
  return server;
}

async function answer(
  settings: ServiceSettings,
  counts: ReadonlyMap<number, number>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://service");
  const { store, pod } = settings;
  const method = request.method === "HEAD" ? "GET" : request.method;
  if (pathname.startsWith("/media/")) return media(settings.media, pathname, method, request, response);
  switch (`${method} ${pathname}`) {
    case "GET /healthcheck":
      return send(response, 200, { success: true, service: settings.name });
    case "GET /metrics":
      return metrics(response, settings.name, counts);
    case "POST /writes": {
      const accepted = await store.write(await readWrite(request));
      return send(response, 201, { ...accepted, pod: pod.name });
    }
    case "GET /newest": {
      const newest = await store.newest();
      return send(response, 200, { ...newest, pod: pod.name, now: Date.now() });
    }
    case "GET /writes": {
      const limit = Math.min(Number(searchParams.get("limit") ?? MOST_ROWS) || MOST_ROWS, MOST_ROWS);
      return send(response, 200, await store.page(searchParams.get("after") ?? "", limit));
    }
    default:
      throw new Refused(404, `${settings.name} has no ${method} ${pathname}`);
  }
}

async function media(
  folder: string | undefined,
  path: string,
  method: string | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (folder !== undefined && method === "GET" && path.endsWith("/"))
    return send(response, 200, await listMedia(folder));
  const name = mediaName(path);
  if (folder === undefined || name === undefined) throw new Refused(404, "no such file");
  switch (method) {
    case "POST":
    case "PUT":
      return send(response, 201, { id: name, bytes: await storeMedia(folder, name, request) });
    case "GET":
      if (!(await sendMedia(folder, name, response))) throw new Refused(404, "no such file");
      return;
    default:
      throw new Refused(405, `no ${method} on files`);
  }
}

async function readWrite(request: IncomingMessage): Promise<WriteRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size <= MOST_BYTES) chunks.push(bytes);
  }
  if (size > MOST_BYTES) throw new Refused(413, `a write has at most ${MOST_BYTES} bytes`);
  const { id, sentAt, body } = parse(Buffer.concat(chunks).toString("utf8"));
  if (typeof id !== "string" || !ID.test(id)) throw new Refused(400, "id: up to 80 letters, digits, '.', '_', '-'");
  if (typeof sentAt !== "number" || !Number.isFinite(sentAt)) throw new Refused(400, "sentAt: milliseconds since 1970");
  if (typeof body !== "string") throw new Refused(400, "body: a text");
  return { id, sentAt, body };
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Told below, like any other text that is no object.
  }
  throw new Refused(400, "a JSON object is wanted");
}

function send(response: ServerResponse, status: number, value: unknown): void {
  const text = JSON.stringify(value);
  response
    .writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) })
    .end(text);
}

function metrics(response: ServerResponse, service: string, counts: ReadonlyMap<number, number>): void {
  const lines = [...counts].map(
    ([status, count]) => `holdfast_requests_total{service="${service}",status="${status}"} ${count}\n`,
  );
  response.writeHead(200, { "content-type": "text/plain; version=0.0.4" });
  response.end(`# TYPE holdfast_requests_total counter\n${lines.join("")}`);
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy();
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  send(response, error instanceof Refused ? error.status : error instanceof RangeError ? 413 : 503, {
    error: message,
    ...(code === undefined ? {} : { code }),
  });
}
