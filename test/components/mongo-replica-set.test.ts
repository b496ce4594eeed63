import { expect } from "chai";
import fc from "fast-check";
import { Keyring } from "../../components/keyring.ts";
import { configData } from "../../components/mongo-apply-job.ts";
import {
  helloCommand,
  helloMessage,
  membersAt,
  oplogOf,
  replicaSetConfig,
} from "../../components/mongo-replica-set-plan.ts";
import { MongoReplicaSet } from "../../components/mongo-replica-set.ts";
import type { Peer } from "../../components/context.ts";
import { exportsOf } from "../../components/names.ts";
import { runProgram } from "../../planner/harness.ts";
import { SECRET } from "../../resilience/resource.ts";
import { azurePrimary } from "../../topologies/azure-primary.ts";
import { mongoMembersOf, topologies } from "../../topologies/index.ts";
import { masterSlave } from "../../topologies/master-slave.ts";
import { gib } from "../../topologies/units.ts";
import { expectSnapshot } from "./snapshot.ts";
import { absentPeer, contextOf, peerOf } from "./site-fixture.ts";
import type { ContextOptions } from "./site-fixture.ts";

interface Probe {
  readonly periodSeconds: number;
  readonly failureThreshold: number;
  readonly timeoutSeconds: number;
  readonly terminationGracePeriodSeconds?: number;
}
interface Container {
  readonly name: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly startupProbe?: Probe;
}
interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly affinity: { readonly podAntiAffinity: object };
}
/** The parts of declared objects that the tests go into. */
interface Declared {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly template: { readonly spec: PodSpec };
    readonly jobTemplate: { readonly spec: { readonly template: { readonly spec: PodSpec } } };
    readonly selector: object;
    readonly volumeClaimTemplates: readonly { readonly spec: object }[];
  };
}
type Objects = Readonly<Record<string, Declared>>;

/** Inputs by `Kind/metadata.name`. */
async function declare(
  site: string,
  options: ContextOptions & { keyless?: boolean; peers?: readonly Peer[] } = {},
): Promise<Objects> {
  const { keyless, peers = [peerOf("titan")], ...wish } = options;
  const { resources } = await runProgram(() => {
    const keys = keyless ? undefined : new Keyring("keyring").keys;
    new MongoReplicaSet("mongo", { context: contextOf(site, wish), keys, peers });
  });
  const made = resources.filter(({ type }) => type.startsWith("kubernetes:"));
  return Object.fromEntries(
    made.map(({ type, inputs }) => {
      const declared = inputs as object as Declared;
      return [`${type.split(":")[2]}/${declared.metadata.name}`, declared];
    }),
  );
}

const pod = (made: Objects, name: string): PodSpec => made[`StatefulSet/${name}`]!.spec.template.spec;
const variables = (container: Container | undefined): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(container?.env?.map(({ name, value }) => [name, value]) ?? []);

describe("components/mongo-replica-set-plan", () => {
  for (const topology of topologies) {
    for (const { name: active } of topology.sites) {
      it(`renders the replica set of ${topology.name} while ${active} is active`, () => {
        const context = contextOf(topology.sites[0]!.name, { topology, active });
        expectSnapshot(`mongo-${topology.name}-${active}.json`, configData(context)["replica-set.json"]!);
      });
    }
  }

  const world = fc.constantFrom(...topologies).chain((topology) =>
    fc.record({
      topology: fc.constant(topology),
      active: fc.constantFrom(...topology.sites.map(({ name }) => name)),
      site: fc.constantFrom(...topology.sites.map(({ name }) => name)),
    }),
  );

  it("S1.4: for every topology and active site, what mongod and the document ask for", () => {
    fc.assert(
      fc.property(world, ({ topology, active, site }) => {
        const { members, settings } = replicaSetConfig(contextOf(site, { topology, active }));
        const ids = members.map(({ _id }) => _id);
        expect(new Set(ids).size).to.equal(ids.length);
        for (const id of ids) expect(id).to.be.within(0, 255);
        expect(members.filter(({ votes }) => votes > 0).length).to.be.within(1, 7);
        expect(members.filter(({ votes }) => votes > 0).length % 2, "an odd number of votes").to.equal(1);
        const arbiters = members.filter(({ arbiterOnly }) => arbiterOnly);
        const wanted = mongoMembersOf(topology, active, active).arbiters > 0 ? [`mongo-${active}-arbiter`] : [];
        expect(arbiters.map(({ host }) => host.split(".")[0])).to.deep.equal(wanted);
        for (const { host, priority, votes, tags } of members) {
          const electable = tags?.["site"] === active;
          expect(priority > 0, host).to.equal(electable);
          if (electable) expect(votes, host).to.equal(1);
        }
        const voting = members.filter(({ votes }) => votes > 0);
        const here = voting.filter(({ host }) => host.startsWith(`mongo-${active}-`));
        expect(here.length * 2, "a majority without any other site").to.be.above(voting.length);
        expect(settings.heartbeatIntervalMillis * 4).to.be.at.most(settings.electionTimeoutMillis);
        expect(Number.isInteger(settings.heartbeatTimeoutSecs)).to.equal(true);
      }),
    );
  });

  it("renders the same document at every site", () => {
    for (const active of ["aachen", "titan"]) {
      expect(configData(contextOf("aachen", { active }))).to.deep.equal(configData(contextOf("titan", { active })));
    }
  });

  it("numbers a member once and for all: a switchover renumbers none", () => {
    const numbers = (active: string) =>
      new Map(replicaSetConfig(contextOf("aachen", { active })).members.map(({ host, _id }) => [host, _id]));
    const [before, after] = [numbers("aachen"), numbers("titan")];
    for (const [host, id] of after) expect(before.get(host) ?? id, host).to.equal(id);
    expect([...before.values()]).to.deep.equal([0, 9, 10]);
    expect([...after.values()]).to.deep.equal([0, 10, 19]);
  });

  it("S3.3: has a member for each zone of Azure, and a copy in Aachen that has no say; exchanged, what S1 has", () => {
    const brief = (active: string) =>
      replicaSetConfig(contextOf("azure", { topology: azurePrimary, active })).members.map(
        ({ host, priority, votes, arbiterOnly }) => [host.split(".")[0], priority, votes, arbiterOnly],
      );
    expect(brief("azure")).to.deep.equal([
      ["mongo-azure-0", 1, 1, false],
      ["mongo-azure-1", 1, 1, false],
      ["mongo-azure-2", 1, 1, false],
      ["mongo-aachen-0", 0, 0, false],
    ]);
    expect(brief("aachen")).to.deep.equal([
      ["mongo-azure-0", 0, 1, false],
      ["mongo-aachen-0", 1, 1, false],
      ["mongo-aachen-arbiter", 0, 1, true],
    ]);
  });

  it("has a tunnel for every member, in every role, and for no member that a site never runs", () => {
    const members = (site: string) =>
      exportsOf(azurePrimary, site)
        .map(({ service }) => service)
        .filter((service) => /^mongo-.*\d$/.test(service));
    expect(members("aachen")).to.deep.equal(["mongo-aachen-0"]);
    expect(members("azure")).to.deep.equal(["mongo-azure-0", "mongo-azure-1", "mongo-azure-2"]);
    for (const topology of topologies) {
      for (const { name: active } of topology.sites) {
        for (const { name: site } of topology.sites) {
          const carried = exportsOf(topology, site).map(({ service }) => service);
          const members = membersAt(contextOf(site, { topology, active }), site);
          expect(carried).to.include.members(members.map(({ name }) => name));
        }
      }
    }
  });

  it("refuses more members than a site has numbers for", () => {
    const { mongo } = masterSlave;
    const crowd = { ...mongo.members.primary, data: 10 };
    const topology = { ...masterSlave, mongo: { ...mongo, members: { ...mongo.members, primary: crowd } } };
    expect(() => replicaSetConfig(contextOf("aachen", { topology }))).to.throw(/10 data members.*9 and 1 at most/);
  });

  it("sizes the oplog for three days, if a quarter of the volume is enough for them", () => {
    const small = oplogOf(contextOf("aachen"));
    expect(small.size).to.equal(gib(5));
    const large = { ...masterSlave, mongo: { ...masterSlave.mongo, storage: gib(500) } };
    expect(oplogOf(contextOf("aachen", { topology: large })).lasts).to.be.closeTo(72 * 3600, 1);
    // 2500 users, 1 write a minute, 2 kB each, twice its size in the oplog.
    expect(small.lasts).to.be.closeTo(gib(5) / ((2500 / 60) * 2000 * 2), 1);
    const context = contextOf("aachen");
    const workload = { ...context.platform.workload, writesPerUserMinute: 0 };
    expect(oplogOf({ ...context, platform: { ...context.platform, workload } }).size).to.equal(990 * 2 ** 20);
  });

  it("asks by a message whose lengths are right", () => {
    const message = helloMessage();
    expect(message.readInt32LE(0)).to.equal(message.length);
    expect(message.readInt32LE(12)).to.equal(2013);
    expect(message.readInt32LE(21)).to.equal(message.length - 21);
    expect(helloCommand(27_017, 2).at(-1)).to.match(/read -r -N 1 -t 2 -u 3$/);
  });
});

describe("components/mongo-replica-set", () => {
  it("makes what docs/resources.md names: members, Services, and at the active site what applies the set", async () => {
    expect(Object.keys(await declare("aachen")).sort()).to.deep.equal([
      "ConfigMap/mongo-config",
      "CronJob/mongo-apply",
      "PodDisruptionBudget/mongo",
      "Secret/mongo-app",
      "Secret/mongo-backup",
      "Secret/mongo-keyfile",
      "Service/mongo-aachen-0",
      "Service/mongo-aachen-arbiter",
      "StatefulSet/mongo-aachen-0",
      "StatefulSet/mongo-aachen-arbiter",
    ]);
    const standby = Object.keys(await declare("titan"));
    expect(standby).to.include("StatefulSet/mongo-titan-0").and.not.include("CronJob/mongo-apply");
    expect(standby.join()).to.not.include("arbiter").and.not.include("mongo-config");
    expect(await declare("titan", { active: "titan" })).to.include.keys(
      "CronJob/mongo-apply",
      "StatefulSet/mongo-titan-arbiter",
    );
  });

  it("makes nothing while there are no keys", async () => {
    expect(await declare("titan", { keyless: true })).to.be.empty;
  });

  it("lets members find each other before they are ready, under the name that the configuration uses", async () => {
    const service = (await declare("aachen"))["Service/mongo-aachen-0"]!.spec;
    expect(service).to.include({ clusterIP: "None", publishNotReadyAddresses: true });
    expect(service.selector).to.include({ "app.kubernetes.io/name": "mongo-aachen-0" });
  });

  it("starts a set without asking the other site only while that was never brought up", async () => {
    const otherSites = async (peers: readonly Peer[]): Promise<string> => {
      const job = (await declare("aachen", { peers }))["CronJob/mongo-apply"]!.spec.jobTemplate.spec;
      return variables(job.template.spec.containers[0])["OTHER_SITES"]!;
    };
    expect(await otherSites([absentPeer("titan")])).to.equal("unknown");
    expect(await otherSites([peerOf("titan")])).to.equal("known");
  });

  it("hands secrets over by reference, never as values", async () => {
    const made = await declare("aachen");
    const plain = Object.entries(made).filter(([key]) => !key.startsWith("Secret/"));
    expect(JSON.stringify(plain)).to.not.include(JSON.stringify(SECRET));
    for (const key of ["mongo-app", "mongo-backup", "mongo-keyfile"]) {
      expect(JSON.stringify(made[`Secret/${key}`])).to.include(JSON.stringify(SECRET));
      expect(JSON.stringify(plain)).to.include(`"${key}"`);
    }
    const agent = pod(made, "mongo-aachen-0").containers.find(({ name }) => name === "pbm-agent");
    expect(variables(agent)["PBM_MONGODB_URI"]).to.equal(
      "mongodb://backup:$(MONGO_BACKUP_PASSWORD)@127.0.0.1:27017/?authSource=admin",
    );
  });

  it("backs up and measures members that hold data, and no arbiter", async () => {
    const made = await declare("aachen");
    const names = (member: string): string[] => pod(made, member).containers.map(({ name }) => name);
    expect(names("mongo-aachen-0")).to.deep.equal(["mongod", "pbm-agent", "metrics"]);
    expect(names("mongo-aachen-arbiter")).to.deep.equal(["mongod"]);
  });

  it("notices a mongod that hangs within 12 s, and does not wait long for its end", async () => {
    const [mongod] = pod(await declare("aachen"), "mongo-aachen-0").containers;
    const { periodSeconds, failureThreshold, timeoutSeconds, terminationGracePeriodSeconds } = mongod!.livenessProbe!;
    expect(periodSeconds * failureThreshold + timeoutSeconds).to.be.at.most(12);
    expect(terminationGracePeriodSeconds).to.equal(5);
    for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"] as const) {
      expect(mongod![probe]).to.include.keys("periodSeconds", "timeoutSeconds", "failureThreshold", "exec");
    }
  });

  it("keeps members apart where there are servers for it, and never leaves one pending", async () => {
    for (const [servers, rule] of [
      [1, "preferredDuringSchedulingIgnoredDuringExecution"],
      [2, "requiredDuringSchedulingIgnoredDuringExecution"],
    ] as const) {
      const made = await declare("aachen", { servers });
      expect(pod(made, "mongo-aachen-arbiter").affinity.podAntiAffinity).to.have.all.keys(rule);
    }
  });

  it("runs restricted pods, with requests and limits for all containers", async () => {
    const made = await declare("aachen");
    const job = made["CronJob/mongo-apply"]!.spec.jobTemplate.spec.template.spec;
    for (const spec of [pod(made, "mongo-aachen-0"), pod(made, "mongo-aachen-arbiter"), job]) {
      expect(spec).to.have.nested.property("securityContext.runAsNonRoot", true);
      expect(spec).to.have.nested.property("securityContext.seccompProfile.type", "RuntimeDefault");
      for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
        expect(container)
          .to.have.property("securityContext")
          .that.deep.equals({
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          });
        expect(container).to.have.nested.property("resources.requests.memory");
        expect(container).to.have.nested.property("resources.limits.memory");
      }
    }
  });

  it("keeps the volumes when a StatefulSet goes", async () => {
    const { spec } = (await declare("aachen"))["StatefulSet/mongo-aachen-0"]!;
    expect(spec)
      .to.have.property("persistentVolumeClaimRetentionPolicy")
      .that.deep.equals({ whenDeleted: "Retain", whenScaled: "Retain" });
    expect(spec.volumeClaimTemplates[0]!.spec).to.include({ storageClassName: "local-path" });
  });
});
