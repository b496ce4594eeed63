import { expect } from "chai";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { frontendServer } from "../../../../lab/platform/frontend.ts";
import { mediaName } from "../../../../lab/platform/media.ts";
import { connectionString } from "../../../../lab/platform/mongo.ts";
import { platformServer } from "../../../../lab/platform/server.ts";
import type { Store, WriteRequest } from "../../../../lab/platform/store.ts";

describe("a service of the platform", () => {
  const media = mkdtempSync(join(tmpdir(), "holdfast-media-"));
  const server = { name: "pg-aachen", system: "7", term: "1" };
  let written: WriteRequest[] = [];
  let acknowledge: () => Promise<void> = () => Promise.resolve();
  const store: Store = {
    async write(write) {
      written.push(write);
      await acknowledge();
      return { id: write.id, server };
    },
    newest: () => Promise.resolve({ write: written.at(-1) ?? null, server: "pg-aachen" }),
    page: (after, limit) => Promise.reject(new Error(`${after} ${limit}`)),
    close: () => Promise.resolve(),
  };
  let web: Server;
  const ask = async (path: string, init?: RequestInit): Promise<{ status: number; text: string }> => {
    const response = await fetch(`http://127.0.0.1:${(web.address() as AddressInfo).port}${path}`, init);
    return { status: response.status, text: await response.text() };
  };
  const post = (body: unknown) =>
    ask("/writes", { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) });
  const good = { id: "w-1", sentAt: 5, body: "text" };

  before(async () => {
    web = platformServer({ name: "core", pod: { name: "core-0", address: "10.0.0.7" }, store, media }).listen(
      0,
      "127.0.0.1",
    );
    await once(web, "listening");
  });
  beforeEach(() => {
    written = [];
    acknowledge = () => Promise.resolve();
  });
  after(() => {
    web.close();
    web.closeAllConnections();
    rmSync(media, { recursive: true });
  });

  it("answers a write only after the store has acknowledged it, with the server that did", async () => {
    let release = (): void => undefined;
    acknowledge = () => new Promise((resolve) => (release = resolve));
    let answered = false;
    const answer = post(good).then((result) => ((answered = true), result));
    while (written.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(answered).to.equal(false);
    release();
    const { status, text } = await answer;
    expect(status).to.equal(201);
    expect(JSON.parse(text)).to.deep.equal({ id: "w-1", server, pod: "core-0" });
  });

  it("acknowledges nothing that the store refuses", async () => {
    acknowledge = () => Promise.reject(Object.assign(new Error("read-only"), { code: "25006" }));
    const { status, text } = await post(good);
    expect(status).to.equal(503);
    expect(JSON.parse(text)).to.deep.equal({ error: "read-only", code: "25006" });
  });

  it("hands on no write that is not whole", async () => {
    const bad: readonly unknown[] = [
      "{",
      "5",
      {},
      { ...good, id: "a/b" },
      { ...good, id: "" },
      { ...good, sentAt: "5" },
      { id: "w", sentAt: 5 },
    ];
    for (const body of bad) expect((await post(body)).status, JSON.stringify(body)).to.equal(400);
    expect((await post({ ...good, body: "x".repeat(70_000) })).status).to.equal(413);
    expect(written).to.deep.equal([]);
  });

  it("tells the newest write and the time, and is healthy while its store is not", async () => {
    await post(good);
    const newest = JSON.parse((await ask("/newest")).text) as { write: WriteRequest; now: number };
    expect(newest.write.id).to.equal("w-1");
    expect(newest.now).to.be.closeTo(Date.now(), 5000);
    expect(await ask("/writes?after=a&limit=9")).to.deep.equal({ status: 503, text: '{"error":"a 9"}' });
    expect((await ask("/healthcheck")).status).to.equal(200);
    expect((await ask("/nowhere")).status).to.equal(404);
    expect((await ask("/metrics")).text).to.match(/status="503"/);
  });

  it("keeps users' files whole, and nothing of one that it refused", async () => {
    expect((await ask("/media/core/a.jpg", { method: "PUT", body: "one" })).status).to.equal(201);
    expect((await ask("/media/core/a.jpg", { method: "POST", body: "two" })).status).to.equal(201);
    expect((await ask("/media/core/a.jpg")).text).to.equal("two");
    expect((await ask("/media/core/b.jpg")).status).to.equal(404);
    expect((await ask("/media/core/c.jpg", { method: "PUT", body: "x".repeat(17 * 2 ** 20) })).status).to.equal(413);
    expect((await ask("/media/core/a.jpg", { method: "DELETE" })).status).to.equal(405);
    expect(readdirSync(media)).to.deep.equal(["a.jpg"]);
    const sha256 = createHash("sha256").update("two").digest("hex");
    expect(JSON.parse((await ask("/media/core/")).text)).to.deep.equal([{ name: "a.jpg", sha256 }]);
  });

  it("lets no name of a file lead elsewhere", () => {
    for (const path of ["/media/core/..", "/media/core/.a", "/media/core/", "/media/core/%2e%2e", "/media/core/a b"]) {
      const name = mediaName(path);
      expect(name === undefined || /^[A-Za-z]/.test(name), path).to.equal(true);
    }
  });

  it("asks MongoDB for what the manifest says, and for nothing else", () => {
    const environment = {
      MONGO_HOSTS: "a:1,b:2",
      MONGO_REPLICA_SET: "platform",
      MONGO_DATABASE: "d",
      MONGO_USER: "app",
      MONGO_PASSWORD: "p/w",
      MONGO_OPTIONS: "readPreference=nearest&w=1",
    };
    expect(connectionString(environment)).to.equal(
      "mongodb://app:p%2Fw@a:1,b:2/d?replicaSet=platform&readPreference=nearest&w=1",
    );
    expect(() => connectionString({ ...environment, MONGO_USER: "" })).to.throw(/MONGO_USER/);
  });

  it("has a front page that takes no writes", async () => {
    const front = frontendServer().listen(0, "127.0.0.1");
    await once(front, "listening");
    const url = `http://127.0.0.1:${(front.address() as AddressInfo).port}/`;
    expect(await (await fetch(url)).text()).to.match(/front page/);
    expect((await fetch(url, { method: "POST" })).status).to.equal(405);
    front.close();
    front.closeAllConnections();
  });
});
