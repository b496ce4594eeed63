import { expect } from "chai";
import { LOOK_RESOLUTION, lastMarks, restartMarks } from "../../../../lab/drill/restart-marks.ts";
import type { Sight } from "../../../../lab/drill/restart-marks.ts";
import { electionMarks, takesConnections } from "../../../../lab/faults/databases-up.ts";
import { isStreaming } from "../../../../lab/faults/replication-watch.ts";
import { slowStart } from "../../../../lab/faults/pods.ts";
import { waitsOn } from "../../../../lab/site/sockets.ts";

const sight = (at: number, restartCount: number, ready: boolean, terminated?: object): Sight => ({
  at,
  status: {
    containerStatuses: [{ name: "core", restartCount, state: terminated ? { terminated } : {} }],
    conditions: [{ type: "Ready", status: ready ? "True" : "False" }],
  },
});

describe("what is seen of a container that is started anew", () => {
  const sights = [sight(100, 2, true), sight(900, 2, false, {}), sight(1500, 3, false), sight(9000, 3, true)];

  it("is its end, the new process's first word, and its readiness", () => {
    const marks = restartMarks("core", { sights, restartsBefore: 2, goneAt: 20, upAt: 4000 }, false);
    expect(marks.map(({ name, at }) => [name, at])).to.deep.equal([
      ["detected", 900],
      ["started", 4000],
      ["ready", 9000],
    ]);
    expect(marks[1]?.resolution).to.equal(LOOK_RESOLUTION);
  });

  it("leaves out what was not seen: an end before the fault, and a pod that never was unready", () => {
    const before = restartMarks(
      "core",
      { sights: [sight(100, 2, true), sight(200, 2, true)], restartsBefore: 2 },
      false,
    );
    expect(before).to.deep.equal([]);
    const quick = restartMarks("core", { sights: [sight(300, 3, true)], restartsBefore: 2 }, false);
    expect(quick.map(({ name }) => name)).to.deep.equal(["detected"]);
    const never = restartMarks("core", { sights: sights.slice(0, 3), restartsBefore: 2 }, false);
    expect(never.map(({ name }) => name)).to.deep.equal(["detected"]);
  });

  it("of a frozen one begins with the probe's word and the end of the process", () => {
    const seen = { sights, restartsBefore: 2, killingAt: 300, goneAt: 800, upAt: 4000 };
    expect(restartMarks("core", seen, true).map(({ name, at }) => [name, at])).to.deep.equal([
      ["detected", 300],
      ["stopped", 800],
      ["detected", 900],
      ["started", 4000],
      ["ready", 9000],
    ]);
  });

  it("counts the last of several pods, and nothing where they were not seen alike", () => {
    const mark = (name: string, at: number) => ({ name, at, resolution: 0.1 });
    const [a, b] = [
      [mark("detected", 1), mark("ready", 9)],
      [mark("detected", 3), mark("ready", 5)],
    ];
    expect(lastMarks([a, b]).map(({ at }) => at)).to.deep.equal([3, 9]);
    expect(lastMarks([a, b.slice(1)])).to.deep.equal([]);
    expect(lastMarks([])).to.deep.equal([]);
  });
});

describe("a slow start", () => {
  it("takes a part of what its probe leaves it for certain, and another one each time", () => {
    expect(slowStart({ periodSeconds: 2, failureThreshold: 30 }, 0)).to.be.closeTo(43.5, 1e-9);
    expect(slowStart({ periodSeconds: 2, failureThreshold: 30 }, 1)).to.be.closeTo(52.2, 1e-9);
    // What Kubernetes fills in: three failures, one every 10 s.
    expect(slowStart({}, 0)).to.equal(15);
    expect(slowStart({ failureThreshold: 1 }, 0)).to.equal(undefined);
    expect(slowStart(undefined, 0)).to.equal(undefined);
  });
});

describe("a database's own word", () => {
  it("is PostgreSQL's lock file", () => {
    const file = (status: string): string =>
      ["42", "/data", "1763750000", "5432", "/run", "*", "1 2", status].join("\n");
    expect([file("ready   "), file("starting"), file("standby "), ""].map(takesConnections)).to.deep.equal([
      true,
      false,
      false,
      false,
    ]);
  });

  it("is MongoDB's log, of which the last election after the fault counts", () => {
    const line = (id: number, at: string): string => JSON.stringify({ t: { $date: at }, s: "I", id, msg: "…" });
    const log = [
      "no entry",
      line(21331, "2026-01-01T10:00:00.000+00:00"),
      line(21331, "2026-01-01T10:00:05.000+00:00"),
      line(23016, "2026-01-01T10:00:07.000+00:00"),
      line(21331, "2026-01-01T10:00:06.250+00:00"),
    ].join("\n");
    const faultAt = Date.parse("2026-01-01T10:00:01Z");
    expect(electionMarks(log, faultAt)).to.deep.equal([{ name: "elected", at: faultAt + 5250, resolution: 0.01 }]);
    expect(electionMarks("", faultAt)).to.deep.equal([]);
  });
});

describe("a standby's receiver", () => {
  it("is one that has received something", () => {
    const titles = [
      "postgres: pg-titan: walreceiver streaming 0/5000060",
      "postgres: pg-titan: walreceiver ",
      "postgres: pg-titan: startup recovering 000000010000000000000005",
      "postgres: pg-aachen: walsender streaming_replica 10.0.0.1(5000) streaming 0/5000060",
    ];
    expect(titles.map((command) => isStreaming({ command }))).to.deep.equal([true, false, false, false]);
  });
});

describe("sockets that wait", () => {
  const table = [
    "  sl  local_address rem_address   st tx_queue rx_queue",
    "   0: 00000000:1F94 00000000:0000 0A 00000000:00000000",
    "   1: 0100007F:1F95 0100007F:C350 01 00000000:00000000",
  ].join("\n");

  it("are told from connections", () => {
    expect(waitsOn(table, 8084, "tcp")).to.equal(true);
    expect(waitsOn(table, 8085, "tcp")).to.equal(false);
    expect(waitsOn(table, 8084, "udp")).to.equal(false);
  });
});
