import { request } from "node:http";
import type { IncomingMessage } from "node:http";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

/** The part of an object that everybody needs. */
export interface KubernetesObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
}

export interface Answer {
  /** Status code of HTTP; 0 when nobody answered. */
  readonly status: number;
  readonly text: string;
}

export interface WatchEvent<T> {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: T;
}

const PAUSE_MS = 500;
const ANSWER_WITHIN_MS = 10_000;
/** Every object is told of again so often: what failed is tried again then. */
const RELIST_SECONDS = 20;

/**
 * A cluster's API, through a `kubectl proxy` that listens on a Unix socket: a socket in a file is reached from outside
 * the site's network, and a request costs no new process.
 */
export class Api {
  readonly #socket: string;
  readonly #stop = new AbortController();

  constructor(socket: string) {
    this.#socket = socket;
  }

  get isClosed(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Ends every watch. */
  close(): void {
    this.#stop.abort();
  }

  /** Asks for something; a refusal and silence are answers. */
  async request(method: string, path: string, body?: unknown, type = "application/json"): Promise<Answer> {
    try {
      const response = await this.#send(method, path, body, type, AbortSignal.timeout(ANSWER_WITHIN_MS));
      let text = "";
      for await (const chunk of response.setEncoding("utf8")) text += String(chunk);
      return { status: response.statusCode ?? 0, text };
    } catch (error) {
      return { status: 0, text: error instanceof Error ? error.message : String(error) };
    }
  }

  /** An object or a list. @throws when the API does not give it. */
  async get<T>(path: string): Promise<T> {
    const { status, text } = await this.request("GET", path);
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${text}`);
    return JSON.parse(text) as T;
  }

  /** Changes part of an object. @throws when the API refuses. */
  async patch(path: string, change: unknown): Promise<void> {
    const { status, text } = await this.request("PATCH", path, change, "application/merge-patch+json");
    if (status !== 200) throw new Error(`PATCH ${path}: ${status} ${text}`);
  }

  /**
   * Tells of every object of a list now and of each change later, until the API is closed; after a break it tells of
   * every object again. What `tell` throws is told to `complain`, and does not end the watch.
   */
  async watch<T extends KubernetesObject>(
    path: string,
    tell: (event: WatchEvent<T>) => Promise<void>,
    complain: (line: string) => void,
  ): Promise<void> {
    const handle = async (event: WatchEvent<T>): Promise<void> => {
      try {
        await tell(event);
      } catch (error) {
        complain(error instanceof Error ? error.message : String(error));
      }
    };
    while (!this.#stop.signal.aborted) {
      try {
        const list = await this.get<{ items: readonly T[]; metadata: { resourceVersion: string } }>(path);
        for (const object of list.items) await handle({ type: "ADDED", object });
        await this.#follow(path, list.metadata.resourceVersion, handle);
      } catch {
        // The API is away, as after a power failure: it is asked again.
      }
      await sleep(PAUSE_MS);
    }
  }

  /** Tells of all objects of a list now and after each change, until the API is closed. */
  async mirror<T extends KubernetesObject>(path: string, tell: (objects: readonly T[]) => void): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        const list = await this.get<{ items: readonly T[]; metadata: { resourceVersion: string } }>(path);
        const objects = new Map(list.items.map((object) => [object.metadata.uid, object]));
        tell([...objects.values()]);
        await this.#follow<T>(path, list.metadata.resourceVersion, async ({ type, object }) => {
          if (type === "DELETED") objects.delete(object.metadata.uid);
          else objects.set(object.metadata.uid, object);
          tell([...objects.values()]);
        });
      } catch {
        // The API is away, as after a power failure: it is asked again.
      }
      await sleep(PAUSE_MS);
    }
  }

  /**
   * Tells of every change of a list from now on as soon as it is there, until told to stop or the API is closed. What happens
   * while the API is away is not told.
   *
   * @returns once it watches
   */
  async follow<T extends KubernetesObject>(
    path: string,
    tell: (event: WatchEvent<T>) => void,
    until: AbortSignal,
  ): Promise<void> {
    const list = await this.get<{ metadata: { resourceVersion: string } }>(`${path}?limit=1`);
    let version = list.metadata.resourceVersion;
    const stopped = (): boolean => until.aborted || this.#stop.signal.aborted;
    const handle = (event: WatchEvent<T>): Promise<void> => {
      version = event.object.metadata.resourceVersion;
      if (!stopped()) tell(event);
      return Promise.resolve();
    };
    void (async () => {
      while (!stopped()) {
        // From the last change that was told: nothing is missed while a watch is renewed.
        await this.#follow<T>(path, version, handle, until).catch(() => sleep(PAUSE_MS));
      }
    })();
  }

  async #follow<T>(
    path: string,
    since: string,
    handle: (event: WatchEvent<T>) => Promise<void>,
    until = this.#stop.signal,
  ): Promise<void> {
    const changes = `${path}?watch=1&timeoutSeconds=${RELIST_SECONDS}&resourceVersion=${since}`;
    const response = await this.#send("GET", changes, undefined, "", AbortSignal.any([until, this.#stop.signal]));
    for await (const line of createInterface({ input: response })) {
      const event = JSON.parse(line) as WatchEvent<T> | { readonly type: "ERROR"; readonly object: unknown };
      if (event.type === "ERROR") return;
      await handle(event);
    }
  }

  #send(method: string, path: string, body: unknown, type: string, stop: AbortSignal): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { "content-type": type };
      const asked = request({ socketPath: this.#socket, method, path, headers, signal: stop }, resolve);
      asked.on("error", reject);
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}
