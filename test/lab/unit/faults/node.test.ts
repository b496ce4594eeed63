import { join } from "node:path";
import { expect } from "chai";
import { outcomeOf } from "../../../../lab/drill/predictions.ts";
import { placed } from "../../../../lab/drill/placement.ts";
import type { PlacedPod } from "../../../../lab/drill/placement.ts";
import { drillsOf, plannedDrills } from "../../../../lab/faults/index.ts";
import { planStage } from "../../../../lab/stage/planned.ts";
import type { PlannedStage } from "../../../../lab/stage/planned.ts";
import { unbound } from "../../../../lab/stage/spare.ts";
import { serversOf } from "../../../../planner/more-servers.ts";
import { readProject } from "../../../../planner/stack-files.ts";
import type { System } from "../../../../resilience/system.ts";

const folder = join(__dirname, "../../../..");
const servers = ["aachen-1", "aachen-1-b", "aachen-1-c"];
const names = { primary: "aachen", standby: "titan", servers };

const pod = (name: string, nodeName: string, namespace: string, ...claims: readonly string[]): PlacedPod => ({
  metadata: { name, namespace },
  spec: { nodeName, volumes: [{}, ...claims.map((claimName) => ({ persistentVolumeClaim: { claimName } }))] },
});

/** What exists once lies as the arguments say. */
const pods = (mongo: string, core: string, gateway: string): readonly PlacedPod[] => [
  pod("mongo-aachen-0-0", mongo, "platform", "data-mongo-aachen-0-0"),
  pod("mongo-aachen-arbiter-0", "aachen-1-b", "platform", "data-mongo-aachen-arbiter-0"),
  pod("core-1", core, "platform", "core-media"),
  pod("events-1", core, "platform", "events-media"),
  pod("gateway-1", gateway, "overlay"),
];

describe("a stage with more servers", function () {
  this.timeout(120_000);
  let plan: PlannedStage;

  before(async () => {
    plan = await planStage(folder, "master-slave", () => undefined, { servers: 3 });
  });

  const after = (system: System, fault: string) => {
    const outcome = outcomeOf({ ...plan.judgement, outcomes: [], system }, fault)!;
    const { reads, writes, transition } = outcome.sites.find(({ site }) => site === "aachen")!;
    return { levels: `${reads}/${writes}`, seconds: transition.seconds, mode: outcome.recovery.mode };
  };
  const deadC = (...where: Parameters<typeof pods>) =>
    after(placed(plan.judgement.system, "aachen", pods(...where)), "node:aachen-1-c");

  it("is planned with copies of the first server, of which the first alone runs the control plane", () => {
    const aachen = plan.sites.find(({ name }) => name === "aachen")!;
    expect(aachen.servers.map(({ name }) => name)).to.deep.equal(servers);
    expect(aachen.servers.map(({ controlPlane }) => controlPlane)).to.deep.equal([true, false, false]);
    expect(aachen.nodeMonitor).to.deep.equal({ grace: 9, period: 1 });
    const postgres = aachen.objects.find(({ kind, metadata }) => kind === "Cluster" && metadata.name === "pg-aachen");
    expect(postgres?.["spec"]).to.have.property("instances", 3);
    expect(serversOf(readProject(folder), "aachen", 3)).to.deep.equal(servers);
    expect(serversOf(readProject(folder), "aachen", 1)).to.deep.equal(["aachen-1"]);
  });

  it("has the names that Azure's nodes have in the plan", async () => {
    const azure = (await planStage(folder, "azure-primary", () => undefined)).sites.find(
      ({ name }) => name === "azure",
    )!;
    const workers = azure.servers.filter(({ pods: takesPods = true }) => takesPods).map(({ name }) => name);
    expect(workers).to.have.lengthOf.above(1);
    expect(serversOf(readProject(folder), "azure", 1)).to.deep.equal(workers);
  });

  it("has a drill for the server of PostgreSQL's primary, which a site with one server has not", () => {
    const of = (all: readonly { readonly fault: string }[]) => all.filter(({ fault }) => fault.startsWith("node:"));
    expect(of(drillsOf(names)).map(({ fault }) => fault)).to.deep.equal(["node:aachen-1-c"]);
    expect(of(plannedDrills(names))).to.have.length(1);
    expect(of(drillsOf({ ...names, servers: ["aachen-1"] }))).to.deep.equal([]);
    expect(of(drillsOf({ primary: "aachen", standby: "titan" }))).to.deep.equal([]);
  });

  it("is predicted with what was seen: nothing that exists once on the dead server, so that PostgreSQL's failover counts", () => {
    // 9 s of grace, two looks of 1 s, four programs of 0.9 s on a quarter of a processor, promotion, three more programs
    // before a standby that a commit waits for tries again within 1 s, and kube-proxy.
    expect(deadC("aachen-1", "aachen-1-b", "aachen-1")).to.deep.equal({
      levels: "full/full",
      seconds: 9 + 2 * 1 + (4 * 0.9) / 0.25 + 10 + (3 * 0.9) / 0.25 + 1 + 1,
      mode: "automatic",
    });
  });

  it("is predicted with what was seen: MongoDB's only electable member, or users' files, wait for their server", () => {
    expect(deadC("aachen-1-c", "aachen-1-b", "aachen-1")).to.include({ mode: "manual" });
    expect(deadC("aachen-1", "aachen-1-c", "aachen-1")).to.include({ mode: "manual" });
    expect(after(plan.judgement.system, "node:aachen-1-c")).to.include({ mode: "manual" });
  });

  it("waits for the volumes that exist once before its last server takes pods", () => {
    const claim = (name: string, phase: string, cluster?: string) => ({
      metadata: { name, ...(cluster === undefined ? {} : { labels: { "cnpg.io/cluster": cluster } }) },
      status: { phase },
    });
    expect(
      unbound([claim("core-media", "Pending"), claim("data-mongo", "Bound"), { metadata: { name: "new" } }]),
    ).to.deep.equal(["core-media", "new"]);
    expect(unbound([claim("pg-aachen-3", "Pending", "pg-aachen")])).to.deep.equal([]);
  });
});
