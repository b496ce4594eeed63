import { join } from "node:path";
import { expect } from "chai";
import { outcomeOf } from "../../../../lab/drill/predictions.ts";
import { drillsOf } from "../../../../lab/faults/index.ts";
import { plannedSite, planStage } from "../../../../lab/stage/planned.ts";
import type { PlannedSite, PlannedStage } from "../../../../lab/stage/planned.ts";
import { providerZone } from "../../../../lab/stage/provider-zone.ts";
import type { RecordedResource } from "../../../../planner/harness.ts";

const AZURE = "azure-native:";

describe("a planned site on Azure", () => {
  let plan: PlannedStage;
  let azure: PlannedSite;

  before(async () => {
    plan = await planStage(join(__dirname, "../../../.."), "azure-primary", () => undefined);
    azure = plan.sites.find(({ name }) => name === "azure")!;
  });

  /** The site's resources with some inputs of one type changed. */
  const changed = (type: string, inputs: Record<string, unknown>): readonly RecordedResource[] =>
    azure.resources.map((one) => (one.type.endsWith(type) ? { ...one, inputs: { ...one.inputs, ...inputs } } : one));
  const built = (resources: readonly RecordedResource[]): PlannedSite =>
    plannedSite("azure", resources, [], plan.judgement.system);

  it("has the fewest nodes of its worker pools, each in its zone, and a control plane that runs no pods", () => {
    expect(azure.servers.map(({ name, controlPlane, pods }) => ({ name, controlPlane, pods }))).to.deep.equal([
      { name: "azure-control-plane", controlPlane: true, pods: false },
      ...["workers1-1", "workers2-1", "workers3-1"].map((name) => ({ name, controlPlane: undefined, pods: undefined })),
    ]);
    expect(azure.servers[2]).to.deep.include({
      processors: 4,
      labels: {
        "topology.kubernetes.io/region": "westeurope",
        "topology.kubernetes.io/zone": "westeurope-2",
        "kubernetes.azure.com/agentpool": "workers2",
      },
    });
  });

  it("has the address, the ranges and the volumes that its resources declare", () => {
    const address = azure.resources.find(({ type }) => type.endsWith(":PublicIPAddress"))?.wireOutputs["ipAddress"];
    expect(azure.publicAddress).to.equal(address);
    expect(azure.ranges).to.deep.equal({ podRange: "10.244.0.0/16", serviceRange: "10.0.0.0/16" });
    expect(azure.enforcePolicies).to.equal(true);
    expect(azure.sharedStorage).to.deep.equal([
      { storageClass: "holdfast-zrs", provisioner: "disk.csi.azure.com", immediate: false },
      { storageClass: "holdfast-files-zrs", provisioner: "file.csi.azure.com", immediate: true },
    ]);
    const profile = { podCidr: "10.1.0.0/16", serviceCidr: "10.2.0.0/16" };
    expect(built(changed(":ManagedCluster", { networkProfile: profile })).ranges?.podRange).to.equal("10.1.0.0/16");
  });

  it("is refused with everything that the lab cannot build", () => {
    const lrs = changed(":StorageClass", { parameters: { skuName: "Premium_LRS" } }).filter(
      ({ type }) => !type.endsWith(":PublicIPAddress"),
    );
    expect(() => built(lrs))
      .to.throw("StorageClass.parameters.skuName: must be zone-redundant")
      .with.property("message")
      .that.includes("PublicIPAddress");
  });

  it("has no backup store on stage, and says so", () => {
    expect(azure.store).to.equal(undefined);
    expect(azure.lacks?.["own store"]).to.include("blob account");
    expect(azure.differences?.map(({ subject }) => subject)).to.include("azure: backups");
  });

  it("has its zone at the provider's name servers, with the probes that the profile declares", () => {
    const zone = providerZone("azure", azure.resources)!;
    expect(zone).to.include({ zone: "appserver.test", probedEvery: 10 });
    const lines = zone.file.split("\n");
    expect(lines).to.include("ns-aachen 3600 A 192.0.2.10");
    expect(lines).to.include("_challenge 3600 NS ns-azure.appserver.test.");
    expect(lines).to.include(
      `my 5 LUA A "ifurlup('https://appserver.test:443/.holdfast/ping', {{'${azure.publicAddress}','192.0.2.10'}}, {selector='random', backupSelector='random', timeout=5})"`,
    );
    const aachen = plan.sites.find(({ name }) => name === "aachen")!;
    expect(providerZone("aachen", aachen.resources)).to.equal(undefined);
  });

  it("has no name server on stage whose probes or answers would be others than declared", () => {
    const profile = azure.resources.find(({ type }) => type.startsWith(AZURE) && type.endsWith(":Profile"))!;
    const monitorConfig = { ...(profile.inputs["monitorConfig"] as object), toleratedNumberOfFailures: 3 };
    const method = "Priority";
    expect(() => providerZone("azure", changed(":Profile", { monitorConfig, trafficRoutingMethod: method })))
      .to.throw("one failed probe")
      .with.property("message")
      .that.includes("trafficRoutingMethod");
  });

  it("has a prediction for every drill that it has the means for", () => {
    const drills = drillsOf({ primary: "azure", standby: "aachen" });
    expect(drills.filter(({ needs }) => needs === undefined)).to.have.length.above(10);
    for (const { id, fault, needs } of drills) {
      const found = outcomeOf(plan.judgement, fault);
      if (fault.includes(":") && needs === undefined) expect(found?.fault, `${id} ${fault}`).to.equal(fault);
    }
  });
});
