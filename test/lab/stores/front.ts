import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import type { Socket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:https";
import type { Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const HOST = "my.appserver.test";

/** Where a request goes: the port of a service. */
export type Route = (method: string) => number;

/** A site's proxy, as far as a load sees it: TLS, the services' prefix taken off; and a name server that tells its address. */
export class Front {
  readonly #folder = mkdtempSync(join(tmpdir(), "holdfast-front-"));
  readonly #servers: { web: Server; dns: Socket }[] = [];

  get ca(): string {
    return join(this.#folder, "ca.pem");
  }

  constructor() {
    const words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
    const name = ["-subj", `/CN=${HOST}`, "-addext", `subjectAltName=DNS:${HOST}`];
    execFileSync("openssl", [...words, ...name, "-keyout", join(this.#folder, "key.pem"), "-out", this.ca], {
      stdio: "ignore",
    });
  }

  /** @returns the ports of the proxy and of the name server */
  async open(route: Route): Promise<{ readonly port: number; readonly resolver: string }> {
    const files = { key: readFileSync(join(this.#folder, "key.pem")), cert: readFileSync(this.ca) };
    const web = createServer(files, (incoming, outgoing) => {
      const { method = "GET", url = "/", headers } = incoming;
      const options = {
        host: "127.0.0.1",
        port: route(method),
        method,
        path: url.replace(/^\/api\/[a-z]+/, ""),
        headers,
      };
      const onward = request(options, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on("error", () => (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(502).end()));
      incoming.pipe(onward);
    });
    const dns = createSocket("udp4", (question, { port, address }) => {
      const end = question.indexOf(0, 12) + 5;
      const header = Buffer.from([question[0]!, question[1]!, 0x85, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
      const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, 127, 0, 0, 1]);
      dns.send(Buffer.concat([header, question.subarray(12, end), record]), port, address);
    });
    web.listen(0, "127.0.0.1");
    dns.bind(0, "127.0.0.1");
    await Promise.all([once(web, "listening"), once(dns, "listening")]);
    this.#servers.push({ web, dns });
    return { port: (web.address() as AddressInfo).port, resolver: `127.0.0.1:${dns.address().port}` };
  }

  close(): void {
    for (const { web, dns } of this.#servers) {
      web.close();
      web.closeAllConnections();
      dns.close();
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
