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
import { PostgresPair } from "./postgres-pair.ts";

const BODY = 100;
const STATED = { rpo: 0, age: new Map([["pg-titan", 1]]) };
const RATE = 30;

/**
 * The whole chain on one machine: load, proxy, `core`, PostgreSQL and its standby, and the checker. Faults that a sound system
 * survives must pass; faults that it does not must be found.
 */
describe("load, platform and checker with a real PostgreSQL and its standby", function () {
  this.timeout(90_000);
  const pair = new PostgresPair(56_430);
  const histories = mkdtempSync(join(tmpdir(), "holdfast-histories-"));
  let front: Front;
  /** Titan's proxy forwards writes, unless somebody breaks it on purpose. */
  let writesStayAtTitan = false;
  let aachen: { port: number; resolver: string };
  let titan: { port: number; resolver: string };
  let runs = 0;

  before(async () => {
    await pair.start();
    front = new Front();
    const [core, standby] = pair.services;
    aachen = await front.open(() => core);
    titan = await front.open((method) => (method === "GET" || writesStayAtTitan ? standby : core));
    // The table, before anybody reads.
    await fetch(`http://127.0.0.1:${core}/writes`, { method: "POST", body: '{"id":"a","sentAt":1,"body":""}' });
    pair.sql("aachen", "delete from core_writes");
  });
  after(() => {
    pair.stop();
    front.close();
    rmSync(histories, { recursive: true });
  });

  const rowsAt = (port: number) => readStore(async (path) => (await fetch(`http://127.0.0.1:${port}${path}`)).text());

  /** Two seconds of load, the fault, its healing by the caller, and two seconds more. */
  async function drill(
    fault: () => Promise<void> | void,
    before = async (): Promise<void> => undefined,
  ): Promise<{ checked: Checked; gaps: readonly Gap[] }> {
    pair.sql("aachen", "truncate core_writes");
    const group = { kind: "browser", service: "core", clients: 3, perSecond: RATE } as const;
    const plan = { host: HOST, ca: front.ca, bodyBytes: BODY };
    const name = `r${runs++}`;
    const both = (site: string) => [
      { ...group, site, operation: "write" as const },
      { ...group, site, operation: "read" as const },
    ];
    const load = await startLoad(histories, [
      { plan: { ...plan, ...aachen, name: `${name}-aachen`, groups: both("aachen") } },
      { plan: { ...plan, ...titan, name: `${name}-titan`, groups: both("titan") } },
    ]);
    await sleep(2000);
    const faultAt = Date.now();
    await fault();
    await sleep(2000);
    const entries = (await load.stop()).flatMap((history) => history.entries);
    const to = entries.reduce((last, { end }) => Math.max(last, end), 0);
    await sleep(300);
    await before();
    const [core, standby] = pair.services;
    const stores = [
      { site: "aachen", rows: await rowsAt(core) },
      { site: "titan", rows: await rowsAt(standby) },
    ];
    const evidence = { service: "core", entries, stores, authority: "aachen", bodyBytes: BODY, faultAt };
    return { checked: check(evidence, STATED), gaps: gaps(entries, { from: faultAt - 1000, to }) };
  }
  const gapOf = (found: readonly Gap[], site: string, operation: string): Gap =>
    found.find(({ group }) => group.site === site && group.operation === operation)!;

  it("loses nothing when the primary dies and starts again, and tells how long that took", async () => {
    const { checked, gaps: found } = await drill(async () => {
      pair.killPrimary();
      await sleep(1500);
      pair.startPrimary();
    });
    expect(checked.problems).to.deep.equal([]);
    expect(checked.losses.acknowledged).to.be.greaterThan(40);
    for (const site of ["aachen", "titan"]) {
      const writes = gapOf(found, site, "write");
      expect(writes.longest, site).to.be.within(1.4, 15);
      expect(writes.recovered, site).to.equal(true);
    }
    const reads = gapOf(found, "titan", "read");
    expect(reads.failed, "the standby goes on answering").to.equal(0);
  });

  it("finds writes that somebody deletes", async () => {
    const { checked } = await drill(
      () => undefined,
      async () =>
        void pair.sql(
          "aachen",
          "delete from core_writes where id in (select id from core_writes order by sent_at limit 3)",
        ),
    );
    expect(checked.losses.lost).to.have.length(3);
    expect(checked.problems.join()).to.match(/3 acknowledged writes .* are lost/);
  });

  it("finds answers of a standby that stands still", async () => {
    const { checked } = await drill(async () => {
      pair.sql("titan", "select pg_wal_replay_pause()");
      await sleep(2500);
      pair.sql("titan", "select pg_wal_replay_resume()");
    });
    const standby = checked.staleness.find(({ server }) => server === "pg-titan");
    expect(standby?.worst).to.be.within(1.5, 6);
    expect(checked.problems.join()).to.match(/pg-titan answered with data up to/);
    expect(checked.losses.lost).to.deep.equal([]);
  });

  it("lets no write land at the standby while its proxy forwards wrongly: they fail", async () => {
    writesStayAtTitan = true;
    const { checked, gaps: found } = await drill(() => undefined);
    expect(gapOf(found, "titan", "write").recovered).to.equal(false);
    expect(checked.problems).to.deep.equal([]);
  });

  it("finds both sides taking writes once the standby is promoted beside a living primary", async () => {
    writesStayAtTitan = true;
    const { checked } = await drill(() => pair.promote());
    const [overlap] = checked.splitBrain.overlaps;
    expect(overlap?.servers.map((server) => server.replace(/\/\d+\//, "/")).sort()).to.deep.equal([
      "pg-aachen/1",
      "pg-titan/2",
    ]);
    expect(checked.splitBrain.more.map(({ site }) => site)).to.deep.equal(["titan"]);
    expect(checked.problems.join()).to.match(/split brain/);
    expect(checked.losses.afterFault).to.be.greaterThan(10);
  });
});
