import { Agent, request } from "node:https";
import type { IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";

export interface Target {
  readonly host: string;
  readonly port: number;
  readonly ca: Buffer;
  readonly connectMilliseconds: number;
  /** A request that takes longer, all in all, has failed. */
  readonly answerMilliseconds: number;
  /** Clients that the requests come from: they bound the connections; what finds none free waits, and its time runs. */
  readonly clients: number;
}

export interface Request {
  readonly method: "GET" | "POST" | "PUT";
  readonly path: string;
  readonly body?: string;
}

/** What became of a request; status 0: no answer, and `error` says why. */
export interface Result {
  readonly status: number;
  readonly text: string;
  readonly address?: string;
  readonly error?: string;
}

interface Attempt extends Result {
  /** Nothing was sent: another address can be tried, with writes too. */
  readonly unsent: boolean;
  /** A kept connection turned out to be closed before a byte of the answer came. */
  readonly stale: boolean;
}

const MOST_TEXT = 4096;
/** Connections of one client to one address: what browsers keep to a host over HTTP/1.1 (Chromium 120, Firefox 120). */
const CONNECTIONS_OF_CLIENT = 6;

/** HTTPS requests to given addresses under one name. Connections are kept, as browsers and proxies keep them. */
export class Requester {
  readonly #target: Target;
  readonly #agents = new Map<string, Agent>();

  constructor(target: Target) {
    this.#target = target;
  }

  /**
   * Sends to the first address to which a connection can be made. A read whose kept connection was closed meanwhile is
   * repeated once on a new one, as RFC 9110 (section 9.2.2) allows; a write never is.
   */
  async send(wanted: Request, addresses: readonly string[]): Promise<Result> {
    let last: Result = { status: 0, text: "", error: "no address" };
    for (const address of addresses) {
      let attempt = await this.#attempt(wanted, address);
      if (attempt.stale && wanted.method === "GET") attempt = await this.#attempt(wanted, address);
      last = attempt;
      if (!attempt.unsent) break;
    }
    return last;
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
  }

  #attempt({ method, path, body }: Request, address: string): Promise<Attempt> {
    const { host, port, answerMilliseconds, connectMilliseconds } = this.#target;
    return new Promise((resolve) => {
      let connected = false;
      let answered = false;
      let reason: string | undefined;
      const call = request({
        host: address,
        port,
        method,
        path,
        agent: this.#agent(address),
        servername: host,
        headers: {
          host: port === 443 ? host : `${host}:${port}`,
          ...(body === undefined
            ? {}
            : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
        },
      });
      const give = (why: string): void => {
        reason ??= why;
        call.destroy();
      };
      const whole = setTimeout(() => give("answer-timeout"), answerMilliseconds);
      let connecting: NodeJS.Timeout | undefined;
      const end = (status: number, text: string, error?: string): void => {
        clearTimeout(whole);
        clearTimeout(connecting);
        const stale = call.reusedSocket && !answered && reason === undefined && error !== undefined;
        resolve({ status, text, address, unsent: !connected, stale, ...(error === undefined ? {} : { error }) });
      };
      call.on("socket", (socket) => {
        connected = call.reusedSocket;
        if (connected) return;
        connecting = setTimeout(() => give("connect-timeout"), connectMilliseconds);
        (socket as TLSSocket).once("secureConnect", () => {
          connected = true;
          clearTimeout(connecting);
        });
      });
      call.on("response", (response: IncomingMessage) => {
        answered = true;
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => {
          if (text.length < MOST_TEXT) text += part;
        });
        response.on("end", () => end(response.statusCode ?? 0, text));
        response.on("error", (error) => end(0, "", reason ?? codeOf(error)));
      });
      call.on("error", (error) => end(0, "", reason ?? codeOf(error)));
      call.end(body);
    });
  }

  #agent(address: string): Agent {
    const known = this.#agents.get(address);
    if (known) return known;
    const maxSockets = CONNECTIONS_OF_CLIENT * this.#target.clients;
    const agent = new Agent({ keepAlive: true, maxSockets, maxFreeSockets: maxSockets, ca: this.#target.ca });
    this.#agents.set(address, agent);
    return agent;
  }
}

function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
