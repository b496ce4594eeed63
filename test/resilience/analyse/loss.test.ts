import { expect } from "chai";
import { analyse } from "../../../resilience/analyse/index.ts";
import { unknown } from "../../../resilience/fact.ts";
import { parseFault } from "../../../resilience/faults/parse.ts";
import type { DataLoss, Outcome } from "../../../resilience/outcome.ts";
import type { System } from "../../../resilience/system.ts";
import { changed, one, withUploads } from "../changes.ts";
import { fact } from "../fixture-facts.ts";
import { DAY, WEEK, s1 } from "../system-fixture.ts";
import type { Draft } from "../changes.ts";

function after(fault: string, change: (draft: Draft<System>) => void = () => undefined): Outcome {
  const system = changed(change);
  return analyse(system, parseFault(fault, system));
}

function lossOf(subject: string, fault: string, change?: (draft: Draft<System>) => void): DataLoss {
  return one(after(fault, change).dataLoss, (loss) => loss.subject === subject);
}

const noStandby = (d: Draft<System>): void => void (d.postgres = d.postgres.filter(({ site }) => site === "aachen"));
const singleDiskOnTitan = (d: Draft<System>): void => void (d.sites[1]!.servers[0]!.arrays[0]!.level = fact("single"));

describe("data loss", () => {
  it("is seconds from a standby, instead of a backup's minute or week", () => {
    expect(lossOf("postgres", "storage:aachen")).to.include({
      kind: "bounded",
      seconds: 5,
      restoredFrom: "standby titan",
    });
    expect(lossOf("postgres", "storage:aachen", noStandby)).to.include({
      kind: "bounded",
      seconds: WEEK + 60,
      restoredFrom: "copy of archive backup-aachen on titan",
    });
    expect(lossOf("postgres", "disk:aachen/data:3", noStandby)).to.include({
      kind: "bounded",
      seconds: 60,
      restoredFrom: "archive backup-aachen",
    });
  });

  it("is a day where base backups have no log, and everything where a log has no base backup", () => {
    const without =
      (kind: string) =>
      (d: Draft<System>): void => {
        noStandby(d);
        d.backups = d.backups.filter((each) => each.kind !== kind);
      };
    expect(lossOf("postgres", "disk:aachen/data:3", without("archive"))).to.include({
      seconds: DAY,
      restoredFrom: "base backup backup-aachen",
    });
    expect(lossOf("postgres", "disk:aachen/data:3", without("base"))).to.include({ kind: "everything" });
  });

  it("is not mended by a standby that holds the damage too", () => {
    const loss = lossOf("postgres", "corruption:postgres");
    expect(loss).to.include({ kind: "bounded", seconds: 60, restoredFrom: "archive backup-aachen" });
    expect(loss.reasons.map(({ text }) => text).join()).to.contain("the bad statement was replicated");
    expect(lossOf("postgres", "corruption:postgres", (d) => void (d.backups = []))).to.include({ kind: "everything" });
    expect(lossOf("mongo", "corruption:mongo")).to.include({ kind: "bounded", restoredFrom: "archive backup-aachen" });
  });

  it("has no bound where the link was cut before, and is seconds where it is cut at the same moment", () => {
    expect(lossOf("postgres", "link:aachen-titan,storage:aachen")).to.include({
      kind: "unknown",
      seconds: null,
      restoredFrom: "standby titan",
    });
    expect(lossOf("mongo", "link:aachen-titan,storage:aachen")).to.include({ kind: "unknown", seconds: null });
    expect(lossOf("postgres", "link:aachen-titan+storage:aachen")).to.include({ kind: "bounded", seconds: 5 });
    expect(one(after("link:aachen-titan,storage:aachen").promises, ({ id }) => id === "R4").verdict).to.equal("broken");
  });

  it("is everything when Titan's array does not survive the first step, and nothing was rebuilt", () => {
    for (const fault of [
      "disk:titan:1,storage:aachen",
      "storage:aachen,disk:titan:1",
      "storage:titan+storage:aachen",
    ]) {
      const outcome = after(fault, singleDiskOnTitan);
      expect(
        outcome.dataLoss.map(({ kind }) => kind),
        fault,
      ).to.deep.equal(["everything", "everything"]);
      expect(outcome.recovery.mode).to.equal("never");
    }
    expect(lossOf("postgres", "disk:titan:1,storage:aachen")).to.include({ kind: "bounded", seconds: 5 });
    expect(lossOf("postgres", "disk:titan:1,disk:titan:1,storage:aachen")).to.include({ kind: "everything" });
  });

  it("of MongoDB is nothing when clients write with w=majority, and seconds with w=1", () => {
    expect(lossOf("mongo", "storage:aachen")).to.include({
      kind: "bounded",
      seconds: 2,
      restoredFrom: "secondary mongo-titan-0 at titan",
    });
    const majority = (d: Draft<System>): void =>
      d.services.forEach((each) => each.store?.kind === "mongo" && (each.store.writeConcern = fact("majority")));
    expect(lossOf("mongo", "storage:aachen", majority)).to.include({ seconds: 0 });
  });

  it("of MongoDB is the journal's interval when a client does not wait for it and the primary crashes", () => {
    expect(lossOf("mongo", "process:mongo@aachen")).to.include({ kind: "none" });
    expect(
      lossOf("mongo", "process:mongo@aachen", (d) =>
        d.services.forEach((each) => each.store && (each.store.journal = fact(false))),
      ),
    ).to.include({ kind: "bounded", seconds: 0.1 });
  });

  it("of MongoDB is a rollback where another member is elected", () => {
    const electable = (d: Draft<System>): void => void (d.mongo[0]!.members[2]!.priority = 1);
    expect(lossOf("mongo", "process:mongo@aachen", electable)).to.include({ kind: "bounded", seconds: 2 });
  });
  it("of MongoDB is nothing where another member of three is elected and clients write with w=majority", () => {
    const three = (d: Draft<System>): void => {
      const [set] = d.mongo;
      for (const member of set!.members) Object.assign(member, { arbiter: false, priority: 1 });
      d.services.forEach((each) => each.store?.kind === "mongo" && (each.store.writeConcern = fact("majority")));
    };
    expect(lossOf("mongo", "process:mongo@aachen", three)).to.include({ kind: "none" });
  });

  it("of MongoDB is what the worst of the possible primaries took with it, whichever member was primary", () => {
    const electable = (d: Draft<System>): void => void (d.mongo[0]!.members[2]!.priority = 1);
    expect(lossOf("mongo", "storage:aachen", electable)).to.include({
      kind: "bounded",
      seconds: 2,
      restoredFrom: "secondary mongo-titan-0 at titan",
    });
    expect(lossOf("mongo", "storage:titan")).to.include({ kind: "none" });
    expect(lossOf("mongo", "storage:titan", electable)).to.include({ kind: "bounded", seconds: 2, restoredFrom: null });
    expect(lossOf("mongo", "link:aachen-titan,storage:aachen", electable)).to.include({ kind: "unknown" });
    expect(lossOf("mongo", "disk:aachen/data:3+storage:titan", electable)).to.include({
      restoredFrom: "archive backup-aachen",
      seconds: 60,
    });
    const majority = (d: Draft<System>): void => (
      electable(d),
      d.services.forEach((each) => each.store?.kind === "mongo" && (each.store.writeConcern = fact("majority")))
    );
    expect(lossOf("mongo", "storage:titan", majority)).to.include({ kind: "none" });
    expect(lossOf("mongo", "storage:aachen", majority)).to.include({ seconds: 0 });
  });

  it("of MongoDB is seconds from a member without a vote, for which no majority waits", () => {
    const silent = (d: Draft<System>): void => {
      Object.assign(d.mongo[0]!.members[2]!, { votes: 0, priority: 0 });
      d.services.forEach((each) => each.store?.kind === "mongo" && (each.store.writeConcern = fact("majority")));
    };
    expect(lossOf("mongo", "storage:aachen", silent)).to.include({
      kind: "bounded",
      seconds: 2,
      restoredFrom: "secondary mongo-titan-0 at titan",
    });
  });

  it("of uploads is the interval of their backup, since no database replicates them", () => {
    expect(lossOf("uploads:core-media@aachen", "disk:aachen/data:3", withUploads)).to.include({
      seconds: DAY,
      restoredFrom: "files backup backup-aachen",
    });
    expect(lossOf("uploads:core-media@aachen", "storage:aachen", withUploads)).to.include({ seconds: WEEK + DAY });
    expect(
      lossOf("uploads:core-media@aachen", "storage:aachen", (d) => (withUploads(d), void (d.backups = []))),
    ).to.include({ kind: "everything" });
  });

  it("is none while a site is only down", () => {
    expect(after("site:aachen").dataLoss.map(({ kind }) => kind)).to.deep.equal(["none", "none"]);
  });

  it("is unknown where it is not known on which array the data lies", () => {
    expect(
      lossOf("postgres", "disk:aachen/data:3", (d) => void (d.postgres[0]!.storageClass = unknown("not declared"))),
    ).to.include({ kind: "unknown" });
    expect(
      lossOf(
        "postgres",
        "disk:aachen/data:3",
        (d) => (noStandby(d), d.backupStores.forEach((store) => (store.array = unknown("not declared")))),
      ),
    ).to.include({ kind: "bounded", restoredFrom: "copy of archive backup-aachen on titan" });
    expect(
      lossOf(
        "postgres",
        "storage:aachen",
        (d) => (
          noStandby(d),
          void (d.backups = d.backups.filter(({ kind }) => kind !== "copy")),
          d.backupStores.forEach((store) => (store.array = unknown("not declared")))
        ),
      ),
    ).to.include({ kind: "unknown" });
  });

  it("counts the worst fall of disks that may be anywhere: data and backup can't both be lost by three, but by four", () => {
    expect(lossOf("postgres", "disk:aachen:3", noStandby)).to.include({ seconds: 60 });
    expect(lossOf("postgres", "disk:aachen:4", noStandby)).to.include({ seconds: WEEK + 60 });
  });

  it("breaks the promise of a log where the cluster can delete it", () => {
    const r4 = (change?: (draft: Draft<System>) => void): string =>
      one(after("corruption:postgres", change).promises, ({ id }) => id === "R4").verdict;
    expect(r4()).to.equal("kept");
    expect(r4((d) => void (d.backupStores[0]!.clusterCanDelete = fact(true)))).to.equal("broken");
    expect(r4((d) => void (d.backupStores[0]!.lockedFor = unknown("not declared")))).to.equal("unknown");
  });

  it("says how long a standby may be away: as long as its source keeps the log, by its own wal_keep_size", () => {
    const text = (fault: string, size?: number): string =>
      after(fault, (d) => size !== undefined && d.postgres.forEach((each) => (each.walKeepSize = fact(size))))
        .reasons.map((reason) => reason.text)
        .join("\n");
    const rate = 2 ** 24 / 60;
    for (const fault of ["link:aachen-titan", "gateway:titan", "site:titan"]) {
      expect(text(fault, 2000 * rate), fault).to.match(/more than 33\.3 min at peak load the log that pg-titan needs/);
      expect(text(fault, 8000 * rate), fault).to.match(/more than 2\.2 h at peak load the log that pg-titan needs/);
    }
    expect(text("site:aachen")).not.to.contain("the log that pg-titan needs");
  });

  it("says how long the log may pile up while the backup store is down", () => {
    const text = (system: System): string =>
      analyse(system, parseFault("backup-store:aachen", system))
        .reasons.map((reason) => reason.text)
        .join("\n");
    expect(text(s1())).to.match(/PostgreSQL stops: after 21\.\d h at the latest/);
    expect(text(changed((d) => void delete d.postgres[0]!.storage))).to.match(/after a time that can't be told/);
  });
});
