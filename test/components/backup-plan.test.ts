import { expect } from "chai";
import fc from "fast-check";
import { parse } from "yaml";
import { pbmConfig, pbmTestConfig } from "../../components/backup-pbm.ts";
import { storeProblems } from "../../components/backup-checks.ts";
import { copyPlans, ownStore } from "../../components/backup-places.ts";
import { backupJobs, copyBandwidth } from "../../components/backup-plan.ts";
import { topologies } from "../../topologies/index.ts";
import { contextOf, peerOf } from "./backup-fixture.ts";

const names = (...args: Parameters<typeof backupJobs>): string[] => backupJobs(...args).map(({ name }) => name);

describe("the jobs of a site [S1.7]", () => {
  it("backs up and tests at the active site", () => {
    expect(names(contextOf("aachen"), [])).to.deep.equal([
      "backup-mongo",
      "backup-uploads-core-files",
      "restore-test-mongo",
      "restore-test-core-files",
      "restore-test-postgres",
    ]);
  });

  it("pulls the copy at the standby, and tests it and the standby's own archive", () => {
    expect(names(contextOf("titan"), [peerOf("aachen")])).to.deep.equal([
      "restore-test-postgres",
      "backup-copy-aachen",
      "restore-test-aachen-postgres",
      "restore-test-aachen-mongo",
      "restore-test-aachen-core-files",
    ]);
  });

  it("waits for the other site's stack before it copies", () => {
    expect(names(contextOf("titan"), [])).to.deep.equal(["restore-test-postgres"]);
    expect(names(contextOf("titan"), [{ ...peerOf("aachen"), backupStore: undefined }])).to.have.length(1);
  });

  it("after a switchover backs up at the new active site, and expects nothing fresh from the old one", () => {
    const moved = names(contextOf("titan", { active: "titan" }), [peerOf("aachen")]);
    expect(moved).to.include.members(["backup-mongo", "backup-uploads-core-files", "backup-copy-aachen"]);
    expect(moved).to.not.include("restore-test-aachen-postgres");
    expect(names(contextOf("aachen", { active: "titan" }), [])).to.deep.equal(["restore-test-postgres"]);
  });

  it("reads a copy where the copy was written", () => {
    const jobs = backupJobs(contextOf("titan"), [peerOf("aachen")]);
    const copy = jobs.find(({ kind }) => kind === "copy")!;
    expect(copy).to.deep.include({ subject: "backup-aachen", source: "aachen" });
    expect(copy.kind === "copy" && copy.to).to.deep.include({ bucket: "backups-titan", prefix: "copy-of-aachen" });
    const test = jobs.find(({ name }) => name === "restore-test-aachen-postgres")!;
    expect(test).to.deep.include({ subject: "pg-aachen" });
    expect("at" in test && test.at).to.deep.include({ bucket: "backups-titan", prefix: "copy-of-aachen/postgres" });
    const mine = jobs.find(({ name }) => name === "restore-test-postgres")!;
    expect(mine.subject).to.equal("pg-titan");
    expect("at" in mine && mine.at).to.deep.include({ bucket: "backups-titan", prefix: "postgres" });
  });

  it("reaches the other store through the tunnel, in the clear or not", () => {
    const host = "backup-aachen.platform.svc.cluster.local:9000";
    const from = (tls: boolean) => copyPlans("aachen", contextOf("titan"), [peerOf("aachen", tls)])[0]?.from.endpoint;
    expect(from(true)).to.equal(`https://${host}`);
    expect(from(false)).to.equal(`http://${host}`);
  });

  for (const topology of topologies) {
    it(`has names and cron expressions that Kubernetes takes: ${topology.name}`, () => {
      let seen = 0;
      for (const { name: site } of topology.sites) {
        const peers = topology.sites.filter((other) => other.name !== site).map((other) => peerOf(other.name));
        const context = contextOf(site, { topology });
        for (const { name, schedule } of backupJobs(context, peers)) {
          expect(name).to.match(/^[a-z][-a-z0-9]{0,50}[a-z0-9]$/);
          expect(cronFaults(schedule), `${name}: ${schedule}`).to.deep.equal([]);
          seen += 1;
        }
      }
      expect(seen).to.be.greaterThan(topology.sites.length);
    });
  }
});

describe("what keeps the other sites from a store", () => {
  const problems = (endpoint: string) => storeProblems(contextOf("aachen", { endpoint }).facts).map(({ rule }) => rule);

  it("another port, if it is known by its name only", () => {
    expect(problems("https://s3.example.test:9000")).to.deep.equal([]);
    expect(problems("https://s3.example.test")).to.deep.equal(["port 9000 when the store is given by its host name"]);
    expect(problems("http://192.0.2.7:7070")).to.deep.equal([]);
  });

  it("an address that the tunnel does not carry", () => {
    expect(problems("http://[2001:db8::1]:9000")).to.deep.equal(["a host name or an IPv4 address"]);
  });
});

describe("the weekly copy's bandwidth", () => {
  it("is a quarter of the uplink, or 20 Mbit/s", () => {
    expect(copyBandwidth(1000)).to.equal("30517K");
    expect(copyBandwidth(undefined)).to.equal("2441K");
  });

  it("never exceeds the quarter, and never is nothing", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 100_000, noNaN: true }), (uplink) => {
        const kibibytes = Number(copyBandwidth(uplink).replace(/K$/, ""));
        expect(kibibytes).to.be.at.least(1);
        if (kibibytes > 1) expect(kibibytes * 1024 * 8).to.be.at.most((uplink * 1_000_000) / 4);
      }),
    );
  });
});

describe("the configuration of MongoDB's backups", () => {
  const context = contextOf("aachen");
  const config = parse(pbmConfig(context, { ...ownStore(context), prefix: "mongo" }));

  it("archives the oplog as often as the topology says", () => {
    expect(config.pitr).to.deep.include({ enabled: true, oplogSpanMin: context.topology.backups.oplogSpan / 60 });
  });

  it("prefers the members beside the store", () => {
    expect(config.pitr.priority).to.deep.equal({
      "mongo-aachen-0.platform.svc.cluster.local:27017": 2,
      "mongo-titan-0.platform.svc.cluster.local:27017": 0.1,
    });
    expect(config.backup.priority).to.deep.equal(config.pitr.priority);
  });

  it("ends with the store, to which the script appends the key", () => {
    expect(Object.keys(config).at(-1)).to.equal("storage");
    const key = '    credentials:\n      access-key-id: "id"\n      secret-access-key: "key"\n';
    expect(parse(pbmConfig(context, ownStore(context)) + key).storage.s3).to.deep.include({
      bucket: "backups-aachen",
      credentials: { "access-key-id": "id", "secret-access-key": "key" },
    });
  });

  it("archives nothing while a restore is tested", () => {
    expect(parse(pbmTestConfig(ownStore(context))).pitr).to.deep.equal({ enabled: false });
  });
});

/** Faults of a cron expression with five fields: numbers, ranges, lists and steps within each field's bounds. */
function cronFaults(expression: string): string[] {
  const bounds = [
    [0, 59],
    [0, 23],
    [1, 31],
    [1, 12],
    [0, 7],
  ] as const;
  const fields = expression.split(" ");
  if (fields.length !== bounds.length) return [`${fields.length} fields`];
  return fields.filter((field, index) =>
    field.split(",").some((part) => {
      const match = /^(\*|(\d+)(?:-(\d+))?)(?:\/([1-9]\d*))?$/.exec(part);
      const [low, high] = bounds[index]!;
      return !match || [match[2], match[3]].some((n) => n !== undefined && (Number(n) < low || Number(n) > high));
    }),
  );
}
