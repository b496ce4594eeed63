import { expect } from "chai";
import { observe } from "../../../resilience/observe/index.ts";
import { valueOf } from "../../../resilience/fact.ts";
import type { Site } from "../../../resilience/system.ts";
import type { StackResources } from "../../../resilience/resource.ts";
import { address, azureStacks, azureSystem, cluster, pools, storage } from "../azure-fixture.ts";

async function siteAfter(edit: (stacks: readonly StackResources[]) => readonly StackResources[]): Promise<Site> {
  const site = observe(edit(await azureStacks())).sites[0];
  if (!site) throw new Error("no site was read");
  return site;
}

const zonesOfServers = ({ servers }: Site) => servers.map(({ name, zone }) => [name, zone && valueOf(zone)]);

describe("observe, a site on AKS", function () {
  this.timeout(60_000);

  it("reads the fewest nodes of the pools that take pods, spread over the pools' zones", async () => {
    const site = (await azureSystem()).sites[0]!;
    expect(zonesOfServers(site)).to.deep.equal([
      ["workers1-1", "1"],
      ["workers2-1", "2"],
      ["workers3-1", "3"],
    ]);
    expect(valueOf(site.servers[0]!.cores)).to.equal(4);
    expect(valueOf(site.servers[0]!.memory)).to.equal(16 * 2 ** 30);
    expect(site.mostServers && valueOf(site.mostServers)).to.equal(6);
    expect(site.servers[0]!.zone)
      .to.have.nested.property("source.urn")
      .that.matches(/AgentPool::zone-workers-1$/);
  });

  it("counts minCount with the autoscaler and count without", async () => {
    const six = pools((inputs) => Object.assign(inputs, { minCount: 2 }));
    expect((await siteAfter(six)).servers).to.have.length(6);
    const fixed = pools((inputs) => Object.assign(inputs, { enableAutoScaling: false, count: 3 }));
    expect((await siteAfter(fixed)).servers).to.have.length(9);
  });

  it("takes the pool of the cluster's own services for servers only without its taint", async () => {
    const open = cluster((inputs) => (inputs["agentPoolProfiles"][0].nodeTaints = []));
    expect((await siteAfter(open)).servers.map(({ name }) => name)).to.include("system-1");
  });

  it("does not guess what a size has that it does not know, nor the zone of a pool without zones", async () => {
    const odd = await siteAfter(pools((inputs) => (inputs["vmSize"] = "Standard_X7_v9")));
    expect(odd.servers[0]!.cores.state).to.equal("unknown");
    const regional = await siteAfter(pools((inputs) => delete inputs["availabilityZones"]));
    expect(regional.servers.map(({ zone }) => zone?.state)).to.deep.equal(["unknown", "unknown", "unknown"]);
  });

  it("reads whether NetworkPolicies are enforced from the network's profile", async () => {
    const enforced = async (policy: string | undefined) =>
      valueOf(
        (await siteAfter(cluster((inputs) => (inputs["networkProfile"].networkPolicy = policy))))
          .enforcesNetworkPolicies,
      );
    expect(await enforced("cilium")).to.equal(true);
    expect(await enforced("none")).to.equal(false);
    expect(await enforced("homemade")).to.equal(undefined);
  });

  it("takes the dataplane for a policy engine only where no engine is named and it is cilium", async () => {
    const enforced = async (profile: Record<string, unknown>) =>
      valueOf((await siteAfter(cluster((inputs) => (inputs["networkProfile"] = profile)))).enforcesNetworkPolicies);
    expect(await enforced({ networkDataplane: "cilium" })).to.equal(true);
    expect(await enforced({ networkDataplane: "azure" })).to.equal(false);
    expect(await enforced({ networkDataplane: "homemade" })).to.equal(undefined);
    expect(await enforced({})).to.equal(false);
  });

  it("finds the SKU under each name that the driver takes, in any case", async () => {
    for (const name of ["skuName", "skuname", "storageAccountType", "STORAGEACCOUNTTYPE"]) {
      const [managed] = (await siteAfter(storage("Premium_ZRS", name))).managedStorage ?? [];
      expect(managed && valueOf(managed.redundancy), name).to.equal("zrs");
    }
  });

  it("reads the redundancy of volumes from the storage class's SKU, LRS where there is none", async () => {
    const redundancy = async (sku: string | undefined) => {
      const [managed] = (await siteAfter(storage(sku))).managedStorage ?? [];
      return managed && valueOf(managed.redundancy);
    };
    expect(await redundancy("StandardSSD_ZRS")).to.equal("zrs");
    expect(await redundancy("PremiumV2_LRS")).to.equal("lrs");
    expect(await redundancy(undefined)).to.equal("lrs");
    expect(await redundancy("Premium_XYZ")).to.equal(undefined);
  });

  it("reads provider, region, zones of the address, tier, and the detection time of the cluster's version", async () => {
    const site = (await azureSystem()).sites[0]!;
    expect(site.provider && valueOf(site.provider)).to.equal("azure");
    expect(site.region && valueOf(site.region)).to.equal("westeurope");
    expect(site.controlPlaneTier && valueOf(site.controlPlaneTier)).to.equal("Standard");
    const free = await siteAfter(cluster((inputs) => delete inputs["sku"]));
    expect(free.controlPlaneTier && valueOf(free.controlPlaneTier)).to.equal("Free");
    const one = await siteAfter(address((inputs) => (inputs["zones"] = ["2"])));
    expect(one.addressZones && valueOf(one.addressZones)).to.deep.equal(["2"]);
    const old = await siteAfter(cluster((inputs) => (inputs["kubernetesVersion"] = "1.31")));
    expect(valueOf(site.nodeEviction)! - valueOf(old.nodeEviction)!).to.equal(10);
  });

  it("reads by what databases, services and proxies are kept apart", async () => {
    const system = await azureSystem();
    const [primary] = system.postgres;
    expect(primary && valueOf(primary.antiAffinity)).to.equal("required");
    expect(primary?.spreadOver && valueOf(primary.spreadOver)).to.equal("zone");
    expect(system.mongo[0]!.members.map(({ apart }) => apart && valueOf(apart))).to.deep.equal([
      "zone",
      "zone",
      "zone",
    ]);
    expect(system.proxies[0]?.spreadOver && valueOf(system.proxies[0].spreadOver)).to.equal("zone");
  });
});
