import { expect } from "chai";
import { Keyring } from "../../components/keyring.ts";
import {
  bootstrapOf,
  clusterSpec,
  instancesOf,
  serverNames,
  synchronousOf,
  walKept,
  withSeconds,
} from "../../components/pg-primary-replica-plan.ts";
import { PgPrimaryReplica } from "../../components/pg-primary-replica.ts";
import type { ClusterSpec } from "../../components/pg-primary-replica-plan.ts";
import type { PgPrimaryReplicaArgs } from "../../components/pg-primary-replica.ts";
import { outputOf, runProgram } from "../../planner/harness.ts";
import type { ProgramResult } from "../../planner/harness.ts";
import { azurePrimary } from "../../topologies/azure-primary.ts";
import { masterSlave } from "../../topologies/master-slave.ts";
import { contextOf } from "./site-fixture.ts";
import type { ContextOptions } from "./site-fixture.ts";

type Objects = Readonly<Record<string, Declared>>;
interface Declared {
  readonly metadata: { readonly name: string };
  readonly spec: object;
}

function declare(
  site: string,
  options: ContextOptions & Pick<PgPrimaryReplicaArgs, "promotionToken" | "rebuilt"> & { keyless?: boolean } = {},
): Promise<ProgramResult> {
  const { promotionToken, rebuilt, keyless, ...wish } = options;
  return runProgram(() => {
    const keys = keyless ? undefined : new Keyring("keyring").keys;
    const args = { context: contextOf(site, wish), keys, promotionToken, rebuilt };
    return { demotionToken: new PgPrimaryReplica("postgres", args).demotionToken };
  });
}

/** Inputs by `Kind/metadata.name`. */
function objects({ resources }: ProgramResult): Objects {
  const made = resources.filter(({ type }) => type.startsWith("kubernetes:"));
  return Object.fromEntries(
    made.map(({ type, inputs }) => {
      const declared = inputs as object as Declared;
      return [`${type.split(":")[2]}/${declared.metadata.name}`, declared];
    }),
  );
}

const spec = async (...args: Parameters<typeof declare>): Promise<ClusterSpec> =>
  objects(await declare(...args))[`Cluster/pg-${args[0]}`]!.spec as ClusterSpec;

/** Paths at which two values differ. */
function differences(a: unknown, b: unknown, path = ""): string[] {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b ? [] : [path];
  const [left, right] = [new Map<string, unknown>(Object.entries(a)), new Map<string, unknown>(Object.entries(b))];
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((key) =>
    differences(left.get(key), right.get(key), path ? `${path}.${key}` : key),
  );
}

describe("components/pg-primary-replica", () => {
  it("S1.5: the primary is made in Aachen, Titan streams from it", async () => {
    const [aachen, titan] = [await spec("aachen"), await spec("titan")];
    expect(aachen.replica).to.deep.equal({ self: "pg-aachen", primary: "pg-aachen", source: "pg-titan" });
    expect(aachen.bootstrap).to.have.key("initdb");
    expect(titan.replica).to.deep.equal({ self: "pg-titan", primary: "pg-aachen", source: "pg-aachen" });
    expect(titan.bootstrap?.pg_basebackup).to.include({ source: "pg-aachen", database: "platform", owner: "app" });
  });

  it("makes the children that docs/resources.md names, the Cluster protected", async () => {
    const result = await declare("titan");
    expect(Object.keys(objects(result)).sort()).to.deep.equal([
      "Cluster/pg-titan",
      "ObjectStore/pg-titan",
      "ScheduledBackup/pg-titan",
      "Secret/postgres-app",
      "Secret/postgres-ca",
      "Secret/postgres-replication",
      "Secret/postgres-server",
      "Service/pg-titan",
    ]);
    expect(result.resources.find(({ name }) => name === "postgres-cluster")!.protect).to.equal(true);
    expect(objects(result)["Service/pg-titan"]!.spec).to.have.property("selector").that.deep.equals({
      "cnpg.io/cluster": "pg-titan",
      "cnpg.io/instanceRole": "primary",
    });
    expect(objects(result)["Cluster/pg-titan"]).to.not.have.property("status");
  });

  it("makes nothing while there are no keys", async () => {
    const result = await declare("titan", { keyless: true });
    expect(Object.keys(objects(result))).to.be.empty;
    expect(outputOf(result, "demotionToken")).to.equal(undefined);
  });

  for (const topology of [masterSlave, azurePrimary]) {
    const [home, other] = topology.sites.map(({ name }) => name) as [string, string];
    for (const servers of [1, 3]) {
      it(`a switchover of ${topology.name} with ${servers} servers changes nothing but who replicates`, async () => {
        for (const site of [home, other]) {
          const before = objects(await declare(site, { topology, active: home, servers }));
          const after = objects(await declare(site, { topology, active: other, servers, promotionToken: "token" }));
          const changed = differences(before, after);
          const replica = `Cluster/pg-${site}.spec.replica`;
          const expected = [`${replica}.primary`, `${replica}.source`, `${replica}.promotionToken`];
          const scaled = [
            "instances",
            "postgresql.synchronous",
            "postgresql.parameters.wal_retrieve_retry_interval",
          ].map((field) => `Cluster/pg-${site}.spec.${field}`);
          expect(changed).to.include(expected[0]);
          expect(expected.concat(scaled), changed.join()).to.include.members(changed);
          // Only a site whose first role has fewer instances grows; none ever shrinks.
          if (site === home || servers === 1) expect(expected).to.include.members(changed);
        }
      });
    }
  }

  it("hands the token to the active site only: the operator refuses it at a replica", async () => {
    const token = { promotionToken: "token", active: "titan" };
    expect((await spec("titan", token)).replica).to.include({ primary: "pg-titan", promotionToken: "token" });
    expect((await spec("aachen", token)).replica).to.not.have.property("promotionToken");
    expect((await spec("titan", { active: "titan" })).replica).to.not.have.property("promotionToken");
  });

  it("clones a lost primary from the site that has the data, and never by initdb", () => {
    expect(bootstrapOf(masterSlave, "aachen", "titan")).to.have.nested.property("pg_basebackup.source", "pg-titan");
    expect(bootstrapOf(masterSlave, "titan")).to.have.nested.property("pg_basebackup.source", "pg-aachen");
  });

  it("has an instance per server, three at the most, and waits for as many as it can lose", () => {
    expect([1, 2, 3, 5].map((servers) => instancesOf(contextOf("aachen", { servers })))).to.deep.equal([1, 2, 3, 3]);
    expect(instancesOf(contextOf("titan", { servers: 3 }))).to.equal(1);
    expect(instancesOf(contextOf("aachen", { servers: 3, active: "titan" }))).to.equal(3);
    expect([1, 2, 3].map((instances) => synchronousOf(instances)?.dataDurability)).to.deep.equal([
      undefined,
      "preferred",
      "required",
    ]);
    for (const servers of [1, 2, 3]) {
      const { affinity, instances } = clusterSpec(contextOf("aachen", { servers }));
      expect(affinity?.podAntiAffinityType).to.equal(instances <= servers ? "required" : "preferred");
    }
  });

  it("knows every site at every site, by the name of a Service, with our CA", async () => {
    for (const site of ["aachen", "titan"]) {
      const clusters = (await spec(site)).externalClusters ?? [];
      expect(clusters.map(({ name }) => name)).to.deep.equal(["pg-aachen", "pg-titan"]);
      for (const { name, connectionParameters, sslRootCert } of clusters) {
        expect(connectionParameters).to.include({ host: name, user: "streaming_replica", sslmode: "verify-ca" });
        expect(sslRootCert).to.deep.equal({ name: "postgres-ca", key: "ca.crt" });
      }
    }
  });

  it("signs a certificate for each name that leads to the cluster, and one for the user that streams", async () => {
    const { resources } = await declare("titan");
    const request = (name: string) => resources.find((resource) => resource.name === name)!.inputs;
    expect(request("postgres-server-request")["dnsNames"]).to.deep.equal(serverNames("titan"));
    expect(serverNames("titan")).to.include.members(["pg-titan", "pg-titan-rw.platform.svc", "pg-titan-ro"]);
    expect(request("postgres-replication-request")["subject"]).to.deep.equal({ commonName: "streaming_replica" });
    for (const part of ["server", "replication"]) {
      const { validityPeriodHours, earlyRenewalHours } = request(`postgres-${part}-certificate`) as Record<
        string,
        number
      >;
      expect(earlyRenewalHours).to.equal(validityPeriodHours! / 2);
    }
  });

  it("archives at both sites, each to its own store, for as long as the topology promises", async () => {
    const made = objects(await declare("titan"));
    expect((made["Cluster/pg-titan"]!.spec as ClusterSpec).plugins).to.deep.equal([
      { name: "barman-cloud.cloudnative-pg.io", isWALArchiver: true, parameters: { barmanObjectName: "pg-titan" } },
    ]);
    const store = made["ObjectStore/pg-titan"]!.spec;
    expect(store).to.include({ retentionPolicy: "35d" });
    expect(store).to.have.property("configuration").that.includes({
      destinationPath: "s3://holdfast/postgres",
      endpointURL: "https://s3.example.net:9000",
    });
    expect(store, "a look into the archive is part of every promotion")
      .to.have.nested.property("instanceSidecarConfiguration.resources.requests")
      .that.deep.equals({ cpu: "250m", memory: "128Mi" });
    expect(made["ScheduledBackup/pg-titan"]!.spec).to.deep.include({
      schedule: "0 15 2 * * *",
      immediate: true,
      method: "plugin",
      cluster: { name: "pg-titan" },
    });
    expect(withSeconds("1 2 3 4 5").split(" ")).to.have.lengthOf(6);
  });

  it("stops a smart shutdown before the time for stopping is over, and evicts in seconds", async () => {
    const made = await spec("aachen");
    expect(made.smartShutdownTimeout).to.be.below(made.stopDelay!);
    expect(made.failoverDelay).to.equal(0);
    expect(made.affinity?.tolerations?.map(({ tolerationSeconds }) => tolerationSeconds)).to.deep.equal([10, 10]);
    for (const name of ["startup", "readiness", "liveness"] as const) {
      expect(made.probes[name]).to.include.keys("periodSeconds", "timeoutSeconds", "failureThreshold");
    }
  });

  it("keeps log for a standby that is cut off, but never fills the volume with it", () => {
    const context = contextOf("aachen");
    const { size, lasts } = walKept(context);
    expect(size).to.be.at.most(masterSlave.postgres.storage / 4);
    const workload = { ...context.platform.workload, writesPerUserMinute: 0 };
    const idle = walKept({ ...context, platform: { ...context.platform, workload } });
    // A 4 MiB segment is closed each minute, so a quarter of 20 GiB holds 1280 of them; writes make it shorter.
    expect(idle.lasts / 60).to.be.closeTo(1280, 1);
    expect(lasts).to.be.below(idle.lasts);
    expect(clusterSpec(context).postgresql.parameters).to.include({ wal_keep_size: "5120MB" });
  });
});
