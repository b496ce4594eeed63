import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import type { Socket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import type { Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { succeeded } from "../../../../lab/load/history.ts";
import type { Entry, History } from "../../../../lab/load/history.ts";
import { bodyOf } from "../../../../lab/load/plan.ts";
import { startLoad } from "../../../../lab/load/run.ts";

const HOST = "my.appserver.test";
/** One of two sites; nothing listens at the other. */
const [DEAD, ALIVE] = ["127.0.0.2", "127.0.0.1"];

/** A name server that gives every question the same two addresses, and a TTL of 1 s. */
function answerTo(question: Buffer, addresses: readonly string[]): Buffer {
  const end = question.indexOf(0, 12) + 5;
  const header = Buffer.from([question[0]!, question[1]!, 0x85, 0x80, 0, 1, 0, addresses.length, 0, 0, 0, 0]);
  const records = addresses.map((address) =>
    Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, ...address.split(".").map(Number)]),
  );
  return Buffer.concat([header, question.subarray(12, end), ...records]);
}

describe("a load worker, against a real TLS server and a name server", () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-load-"));
  const stored = new Map<string, string>();
  const files = new Map<string, string>();
  const names = new Set<string | undefined>();
  let web: Server;
  let dns: Socket;
  let histories: readonly History[] = [];
  // On a busy machine an answer may come after the load's end: it is logged as unfinished, and says nothing here.
  const all = (): readonly Entry[] => histories.flatMap(({ entries }) => entries);
  const of = (site: string): readonly Entry[] =>
    all().filter(({ group, error }) => group.site === site && error !== "unfinished");
  const heard = (ids: Iterable<string>): readonly string[] => {
    const unfinished = new Set(all().flatMap(({ id, error }) => (error === "unfinished" ? [id] : [])));
    return [...ids].filter((id) => !unfinished.has(id)).sort();
  };

  before(async function () {
    this.timeout(60_000);
    const [key, ca] = [join(folder, "key.pem"), join(folder, "ca.pem")];
    const words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
    const name = ["-subj", `/CN=${HOST}`, "-addext", `subjectAltName=DNS:${HOST}`, "-keyout", key, "-out", ca];
    execFileSync("openssl", [...words, ...name], { stdio: "ignore" });
    web = createServer({ key: readFileSync(key), cert: readFileSync(ca) }, (request, response) => {
      names.add(request.headers.host);
      let text = "";
      request.on("data", (part: Buffer) => (text += part.toString()));
      request.on("end", () => {
        if (request.url === "/api/broken/writes") return void response.writeHead(200).end("<h1>Sorry</h1>");
        if (request.method === "PUT") {
          const id = request.url?.split("/").at(-1) ?? "";
          files.set(id, text);
          return void response.writeHead(201).end(JSON.stringify({ id }));
        }
        if (request.method === "GET") {
          const [id, sentAt] = [...stored].at(-1) ?? [];
          return void response.end(JSON.stringify({ server: "pg", write: id ? { id, sentAt: Number(sentAt) } : null }));
        }
        const { id, sentAt } = JSON.parse(text) as { id: string; sentAt: number };
        stored.set(id, String(sentAt));
        response.writeHead(201).end(JSON.stringify({ id, server: { name: "pg", system: "7", term: "1" } }));
      });
    });
    web.listen(0, ALIVE);
    dns = createSocket("udp4", (question, { port, address }) =>
      dns.send(answerTo(question, [DEAD, ALIVE]), port, address),
    );
    dns.bind(0, ALIVE);
    await Promise.all([once(web, "listening"), once(dns, "listening")]);
    const port = (web.address() as AddressInfo).port;
    const write = { service: "core", operation: "write", clients: 2 } as const;
    const plan = {
      name: "w",
      host: HOST,
      port,
      ca,
      connectMilliseconds: 20_000,
      resolver: `${ALIVE}:${dns.address().port}`,
      groups: [
        { ...write, site: "browsers", kind: "browser", perSecond: 40 },
        { ...write, site: "readers", kind: "browser", operation: "read", perSecond: 20 },
        { ...write, site: "stuck", kind: "pinned", perSecond: 20 },
        { ...write, site: "uploaders", kind: "browser", operation: "upload", perSecond: 10 },
        { ...write, site: "turned-away", kind: "browser", service: "broken", perSecond: 10 },
      ],
    } as const;
    const load = await startLoad(folder, [{ plan: { ...plan, groups: [...plan.groups] } }]);
    await sleep(2000);
    histories = await load.stop();
  });

  after(() => {
    web.close();
    web.closeAllConnections();
    dns.close();
    rmSync(folder, { recursive: true });
  });

  it("logs every request that it sent, and nothing else", () => {
    const [history] = histories;
    expect(history?.footer?.due).to.equal(history?.entries.length);
    const acknowledged = of("browsers").filter(succeeded);
    expect(acknowledged.length).to.be.greaterThan(40);
    expect(acknowledged.map(({ id }) => id).sort()).to.deep.equal(heard(stored.keys()));
    expect(new Set(acknowledged.map(({ by }) => by))).to.deep.equal(new Set(["pg/7/1"]));
    for (const { id, start } of acknowledged) expect(stored.get(id ?? "")).to.equal(String(start));
  });

  it("goes to the platform by its name, over TLS that it checks", () => {
    expect([...names]).to.deep.equal([`${HOST}:${(web.address() as AddressInfo).port}`]);
  });

  it("lets browsers try the next address, and pinned clients fail", () => {
    expect(of("browsers").every((entry) => entry.address === ALIVE && succeeded(entry))).to.equal(true);
    const stuck = of("stuck");
    expect(stuck.length).to.be.greaterThan(20);
    expect(
      stuck.every(({ address, status, error }) => address === DEAD && status === 0 && error === "ECONNREFUSED"),
    ).to.equal(true);
  });

  it("keeps what a read saw", () => {
    const seen = of("readers")
      .filter(succeeded)
      .flatMap(({ newest }) => (newest ? [newest.id] : []));
    expect(seen).to.not.be.empty;
    expect(seen.every((id) => stored.has(id))).to.equal(true);
  });

  it("sends users' files whole, under names that tell their content", () => {
    const uploads = of("uploaders").filter(succeeded);
    expect(uploads.length).to.be.greaterThan(10);
    expect(uploads.map(({ id }) => id).sort()).to.deep.equal(heard(files.keys()));
    for (const [id, text] of files) expect(text).to.equal(bodyOf(id, 200));
  });

  it("takes no notice page for an acknowledgement", () => {
    expect(of("turned-away").map(({ status, error }) => `${status} ${error}`)).to.include("200 strange answer");
    expect(of("turned-away").some(succeeded)).to.equal(false);
  });
});
