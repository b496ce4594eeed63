import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { check } from "../../../lab/check/check.ts";
import type { Checked } from "../../../lab/check/check.ts";
import { gaps } from "../../../lab/check/gaps.ts";
import type { Gap } from "../../../lab/check/gaps.ts";
import { readStore } from "../../../lab/check/read-store.ts";
import { startLoad } from "../../../lab/load/run.ts";
import { Front, HOST } from "./front.ts";
import { MongoSingle } from "./mongo-single.ts";

const BODY = 100;

describe("load, platform and checker with a real MongoDB", function () {
  this.timeout(120_000);
  const mongo = new MongoSingle(57_410);
  const histories = mkdtempSync(join(tmpdir(), "holdfast-histories-"));
  let front: Front;
  let site: { port: number; resolver: string };
  let sofar: readonly string[] = [];

  before(async () => {
    await mongo.start();
    front = new Front();
    site = await front.open(() => mongo.service);
  });
  after(() => {
    mongo.stop();
    front.close();
    rmSync(histories, { recursive: true });
  });

  async function drill(name: string, fault: () => Promise<void>): Promise<{ checked: Checked; writes: Gap }> {
    const group = { site: "aachen", kind: "browser", service: "alastair", clients: 3, perSecond: 30 } as const;
    const groups = [
      { ...group, operation: "write" as const },
      { ...group, operation: "read" as const },
    ];
    const load = await startLoad(histories, [
      { plan: { ...site, name, host: HOST, ca: front.ca, bodyBytes: BODY, groups } },
    ]);
    await sleep(2000);
    const faultAt = Date.now();
    await fault();
    await sleep(8000);
    const entries = (await load.stop()).flatMap((history) => history.entries);
    const get = async (path: string) => (await fetch(`http://127.0.0.1:${mongo.service}${path}`)).text();
    const rows = (await readStore(get)).filter(({ id }) => !sofar.includes(id));
    sofar = [...sofar, ...rows.map(({ id }) => id)];
    const evidence = {
      service: "alastair",
      entries,
      stores: [{ site: "aachen", rows }],
      authority: "aachen",
      bodyBytes: BODY,
      faultAt,
    };
    const to = entries.reduce((last, { end }) => Math.max(last, end), 0);
    const writes = gaps(entries, { from: faultAt - 1000, to }).find((gap) => gap.group.operation === "write")!;
    return { checked: check(evidence, { rpo: 0, age: new Map() }), writes };
  }

  it("loses nothing when the server dies and starts again in a new term, and takes no restart for a split brain", async () => {
    const { checked, writes } = await drill("killed", async () => {
      await mongo.signal("SIGKILL");
      mongo.startServer();
    });
    expect(checked.problems).to.deep.equal([]);
    expect(checked.losses.acknowledged).to.be.greaterThan(60);
    expect(writes.recovered).to.equal(true);
    expect(writes.longest).to.be.within(0.3, 15);
  });

  it("loses nothing while the server is frozen, and tells for how long nothing was written", async () => {
    const { checked, writes } = await drill("frozen", async () => {
      await mongo.signal("SIGSTOP");
      await sleep(4000);
      await mongo.signal("SIGCONT");
    });
    expect(checked.problems).to.deep.equal([]);
    expect(writes.longest).to.be.within(3.9, 15);
    expect(writes.recovered).to.equal(true);
  });
});
