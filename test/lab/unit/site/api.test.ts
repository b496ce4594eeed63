import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { Api } from "../../../../lab/site/api.ts";
import type { KubernetesObject } from "../../../../lab/site/api.ts";

const object = (resourceVersion: string): KubernetesObject => ({ metadata: { name: "p", uid: "u", resourceVersion } });

describe("following a list of the cluster's API", () => {
  it("tells every change at once, also across a watch that ends, and none after it was told to stop", async () => {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-api-"));
    const watches: { readonly since: string | null; readonly response: ServerResponse }[] = [];
    const server = createServer(({ url }, response) => {
      const { searchParams } = new URL(url ?? "/", "http://api");
      if (searchParams.has("watch")) {
        response.writeHead(200).flushHeaders();
        watches.push({ since: searchParams.get("resourceVersion"), response });
      } else response.end(JSON.stringify({ metadata: { resourceVersion: "7" }, items: [object("3")] }));
    });
    server.listen(join(folder, "api.sock"));
    await once(server, "listening");
    const api = new Api(join(folder, "api.sock"));
    const told: string[] = [];
    const stop = new AbortController();
    const until = async (isSo: () => boolean): Promise<void> => {
      while (!isSo()) await sleep(5);
    };
    const tell = (index: number, version: string): void =>
      void watches[index]?.response.write(`${JSON.stringify({ type: "MODIFIED", object: object(version) })}\n`);
    await api.follow("/pods", (event) => void told.push(event.object.metadata.resourceVersion), stop.signal);
    await until(() => watches.length === 1);
    tell(0, "8");
    await until(() => told.length === 1);
    watches[0]?.response.end();
    await until(() => watches.length === 2);
    tell(1, "9");
    await until(() => told.length === 2);
    stop.abort();
    tell(1, "10");
    await sleep(50);
    api.close();
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
    expect(told).to.deep.equal(["8", "9"]);
    expect(watches.map(({ since }) => since)).to.deep.equal(["7", "8"]);
  }).timeout(20_000);
});
