import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { request as plain } from "node:http";
import { request as secure } from "node:https";
import { connect, createServer as createRelay } from "node:net";
import type { Server as RelayServer, Socket } from "node:net";

/** How a stand-in answers once it has read the whole request. */
export type Behaviour = "answers" | "hangs" | "closes" | { readonly status: number };

/** A stand-in for a program behind the proxy: it counts what reaches it, and misbehaves when told to. */
export class Backend {
  behaviour: Behaviour = "answers";
  /** Methods of the requests that reached it, in order. */
  readonly seen: string[] = [];
  readonly #server: Server;

  private constructor(readonly name: string) {
    this.#server = createServer((incoming, response) => this.#receive(incoming, response));
  }

  static async start(name: string, address: string, port: number): Promise<Backend> {
    const backend = new Backend(name);
    await new Promise<void>((resolve, reject) => {
      backend.#server.on("error", reject).listen(port, address, resolve);
    });
    return backend;
  }

  #receive(incoming: IncomingMessage, response: ServerResponse): void {
    this.seen.push(incoming.method ?? "");
    incoming.resume().on("end", () => {
      const { behaviour } = this;
      if (behaviour === "hangs") return;
      if (behaviour === "closes") incoming.socket.destroy();
      // A body without a length, as an application's often is: what Traefik does with an error depends on it.
      else response.writeHead(behaviour === "answers" ? 200 : behaviour.status, { "x-from": this.name }).end(this.name);
    });
  }

  stop(): Promise<void> {
    return closed(this.#server, () => this.#server.closeAllConnections());
  }
}

/** Waits until a server has closed, after its connections have been cut. */
function closed(server: RelayServer, cut: () => void): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    cut();
  });
}

/** What a tunnel between two sites does with a connection: carries it, swallows it, or breaks it off. */
export type Line = "carries" | "swallows" | "breaks";

/** A stand-in for the tunnel's gateway: takes connections here and carries them there. */
export class Relay {
  #line: Line = "carries";
  readonly #sockets = new Set<Socket>();
  readonly #server: RelayServer;

  private constructor(target: string, port: number) {
    this.#server = createRelay((near) => {
      this.#keep(near);
      // A reset, as the planned gateway's rule makes it (and gateway.test.ts shows).
      if (this.#line === "breaks") return void near.resetAndDestroy();
      if (this.#line === "swallows") return;
      const far = connect(port, target);
      this.#keep(far);
      near.pipe(far).pipe(near);
      near.on("close", () => far.destroy());
      far.on("close", () => near.destroy());
    });
  }

  static async start(address: string, target: string, port: number): Promise<Relay> {
    const relay = new Relay(target, port);
    await new Promise<void>((resolve, reject) => {
      relay.#server.on("error", reject).listen(port, address, resolve);
    });
    return relay;
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket.on("close", () => this.#sockets.delete(socket)).on("error", () => undefined));
  }

  /** Changes the line. Connections that are open stay open only on a line that carries. */
  set line(line: Line) {
    this.#line = line;
    if (line !== "carries") for (const socket of this.#sockets) socket.destroy();
  }

  stop(): Promise<void> {
    return closed(this.#server, () => {
      for (const socket of this.#sockets) socket.destroy();
    });
  }
}

/** What a client got. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  readonly milliseconds: number;
}

/** One request to a proxy's entry point. */
export interface Ask {
  readonly scheme: "http" | "https";
  readonly address: string;
  readonly port: number;
  readonly host: string;
  readonly path: string;
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const METHODS_WITH_BODY = ["POST", "PUT", "PATCH"];

/** Sends a request as a visitor does. The proxy's certificate is not judged: the tests' one is self-signed. */
export function ask({ scheme, address, port, host, path, method, headers }: Ask): Promise<Answer> {
  const start = Date.now();
  return new Promise((resolve, reject) => {
    const options = {
      host: address,
      port,
      path,
      method,
      headers: { host, ...headers },
      agent: false,
      servername: host,
    };
    const receive = (response: IncomingMessage): void => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.on("error", reject).on("end", () => {
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, body, milliseconds: Date.now() - start });
      });
    };
    const asked =
      scheme === "http" ? plain(options, receive) : secure({ ...options, rejectUnauthorized: false }, receive);
    asked.on("error", reject).end(METHODS_WITH_BODY.includes(method) ? "a body" : undefined);
  });
}
