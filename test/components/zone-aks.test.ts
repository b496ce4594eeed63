import { expect } from "chai";
import { Zone } from "../../components/zone.ts";
import { runProgram } from "../../planner/harness.ts";
import type { ProgramResult, RecordedResource } from "../../planner/harness.ts";
import { SECRET } from "../../resilience/resource.ts";
import { allAzure } from "../../topologies/all-azure.ts";
import type { Topology } from "../../topologies/types.ts";
import { aksContext } from "./aks-fixture.ts";
import { at } from "./declared.ts";

const declare = (changed: Record<string, unknown> = {}): Promise<ProgramResult> =>
  runProgram(() => {
    new Zone("zone", { context: aksContext(changed), peers: [] });
  });

const named = ({ resources }: ProgramResult, name: string): RecordedResource => {
  const found = resources.filter((one) => one.name === name);
  if (found.length !== 1) throw new Error(`${found.length} resources ${name}`);
  return found[0]!;
};

describe("components/zone-aks", () => {
  let zone: ProgramResult;
  before(async () => {
    zone = await declare();
  });

  it("keeps the cluster's own parts on nodes of their own, in all zones", () => {
    const cluster = named(zone, "zone-aks");
    expect(at(cluster, "agentPoolProfiles.0.mode")).to.equal("System");
    expect(at(cluster, "agentPoolProfiles.0.nodeTaints")).to.deep.equal(["CriticalAddonsOnly=true:NoSchedule"]);
    expect(at(cluster, "agentPoolProfiles.0.availabilityZones")).to.deep.equal(["1", "2", "3"]);
    expect(at(cluster, "agentPoolProfiles.1")).to.equal(undefined);
    expect(at(cluster, "sku.tier")).to.equal("Standard");
  });

  it("lets the workers' number follow the load in each zone by itself, since the autoscaler knows no zones", () => {
    expect(at(named(zone, "zone-aks"), "autoScalerProfile.balanceSimilarNodeGroups")).to.equal("true");
    for (const one of ["1", "2", "3"]) {
      const workers = named(zone, `zone-workers-${one}`);
      expect(workers.inputs).to.deep.include({
        mode: "User",
        enableAutoScaling: true,
        minCount: 1,
        maxCount: 2,
        availabilityZones: [one],
        resourceName: "holdfast-azure",
      });
      expect(workers.inputs).to.not.have.property("nodeTaints");
    }
  });

  it("says on which kind of disk the nodes' systems lie, and how large it is", () => {
    const pools = ["1", "2", "3"].map((one) => named(zone, `zone-workers-${one}`).inputs);
    for (const pool of [at(named(zone, "zone-aks"), "agentPoolProfiles.0"), ...pools])
      expect(pool).to.deep.include({ osDiskType: "Managed", osDiskSizeGB: 128 });
  });

  it("asks the cluster's resolver for names, which the network's policies let pods do", () => {
    const pools = ["1", "2", "3"].map((one) => named(zone, `zone-workers-${one}`).inputs);
    for (const pool of [at(named(zone, "zone-aks"), "agentPoolProfiles.0"), ...pools])
      expect(pool).to.have.nested.property("localDNSProfile.mode", "Disabled");
  });

  it("changes the nodes of one zone after those of another", () => {
    const urns = ["1", "2", "3"].map((one) => named(zone, `zone-workers-${one}`));
    urns.slice(1).forEach((later, index) => expect(later.dependencies).to.include(urns[index]!.urn));
  });

  it("lets no service account do what its roles don't name", () => {
    expect(at(named(zone, "zone-aks"), "enableRBAC")).to.equal(true);
  });

  it("has a network that enforces policies, and all pools in the one subnet", () => {
    const cluster = named(zone, "zone-aks");
    expect(at(cluster, "networkProfile.networkPolicy")).to.equal("cilium");
    expect(at(cluster, "networkProfile.networkPluginMode")).to.equal("overlay");
    const subnet = at(named(zone, "zone-network"), "subnets.0.name") as string;
    for (const one of [
      at(cluster, "agentPoolProfiles.0.vnetSubnetID"),
      ...["1", "2", "3"].map((one) => named(zone, `zone-workers-${one}`).inputs["vnetSubnetID"]),
    ])
      expect(one).to.equal(`${named(zone, "zone-network").id}/subnets/${subnet}`);
  });

  it("has one zone-redundant static address, and tells it once it is made", () => {
    const address = named(zone, "zone-address");
    expect(address.inputs).to.deep.include({ publicIPAllocationMethod: "Static", zones: ["1", "2", "3"] });
    expect(at(address, "sku.name")).to.equal("Standard");
    expect(named(zone, "zone").inputs["publicAddresses"]).to.deep.equal([address.wireOutputs["ipAddress"]]);
    expect(address.wireOutputs["ipAddress"]).to.match(/^203\.0\.113\.\d+$/);
  });

  it("protects whatever data would go with", () => {
    const names = zone.resources.filter((one) => one.protect).map(({ name }) => name);
    expect(names).to.include.members(["zone-group", "zone-aks", "zone-address", "zone-platform"]);
  });

  for (const [zones, className, sku] of [
    [["1", "2", "3"], "holdfast-zrs", "Premium_ZRS"],
    [["1"], "holdfast-lrs", "Premium_LRS"],
  ] as const) {
    it(`keeps volumes in ${zones.length} zones as ${sku}, longer than their claims`, async () => {
      const storage = named(await declare({ zones }), "zone-storage-class");
      expect(at(storage, "metadata.name")).to.equal(className);
      expect(storage.inputs).to.deep.include({
        provisioner: "disk.csi.azure.com",
        parameters: { skuName: sku },
        volumeBindingMode: "WaitForFirstConsumer",
        reclaimPolicy: "Retain",
        allowVolumeExpansion: true,
      });
    });
  }

  it("keeps users' files on shares that need no key, which every node mounts", () => {
    const files = named(zone, "zone-files-class");
    expect(at(files, "metadata.name")).to.equal("holdfast-files-zrs");
    expect(files.inputs).to.deep.include({
      provisioner: "file.csi.azure.com",
      parameters: { protocol: "nfs", skuName: "Premium_ZRS" },
      reclaimPolicy: "Retain",
    });
  });

  it("knows the pods by the cluster's word for them, one credential after the other", () => {
    const cluster = named(zone, "zone-aks");
    expect(at(cluster, "oidcIssuerProfile.enabled")).to.equal(true);
    expect(at(cluster, "securityProfile.workloadIdentity.enabled")).to.equal(true);
    const { issuerURL } = cluster.wireOutputs["oidcIssuerProfile"] as { issuerURL: string };
    const credentials = zone.resources.filter(({ type }) => type.endsWith(":FederatedIdentityCredential"));
    expect(credentials.map(({ inputs }) => inputs["subject"])).to.deep.equal([
      "system:serviceaccount:platform:pg-azure",
      "system:serviceaccount:platform:pg-restore",
      "system:serviceaccount:platform:backup",
    ]);
    credentials.forEach((credential, index) => {
      expect(credential.inputs["issuer"]).to.equal(issuerURL);
      expect(credential.inputs["resourceName"]).to.equal("holdfast-azure-workload");
      if (index > 0) expect(credential.dependencies).to.include(credentials[index - 1]!.urn);
    });
  });

  it("lets the cluster into the network before the cluster is made", () => {
    const role = named(zone, "zone-cluster-role");
    expect(role.inputs).to.deep.include({
      scope: named(zone, "zone-group").id,
      principalId: named(zone, "zone-cluster-identity").wireOutputs["principalId"],
    });
    expect(role.inputs["roleDefinitionId"]).to.match(/^\/subscriptions\/[^/]+\/providers\/.*4d97b98b-1d4f-4787-a291-/);
    expect(named(zone, "zone-aks").dependencies).to.include(role.urn);
  });

  it("reaches the cluster by what Azure tells, which stays secret, and declares nothing before there are workers", () => {
    expect(named(zone, "zone-cluster").inputs["kubeconfig"]).to.equal(SECRET);
    const objects = zone.resources.filter(({ type }) => type.startsWith("kubernetes:"));
    const workers = ["1", "2", "3"].map((one) => named(zone, `zone-workers-${one}`).urn);
    expect(named(zone, "zone-platform").dependencies).to.include.members(workers);
    const provider = named(zone, "zone-cluster").urn;
    for (const one of objects) expect(one.provider, one.urn).to.include(provider);
    expect(objects.length).to.be.greaterThan(6);
  });

  it("carries facts that name no server, and reads the network's enforcement from nobody's word", () => {
    const facts = named(zone, "zone").inputs;
    expect(facts).to.deep.include({
      platform: "aks",
      provider: "azure",
      region: "westeurope",
      zones: ["1", "2", "3"],
      topologySites: ["azure"],
      storageClass: "holdfast-zrs",
      controlPlane: "provider",
    });
    expect(facts).to.not.have.any.keys("servers", "networkPoliciesEnforced");
  });

  it("takes no name from anywhere but the topology: a site on Azure may have any", async () => {
    const topology: Topology = { ...allAzure, sites: [{ name: "north", role: "primary" }], keyring: "north" };
    const { resources } = await runProgram(() => {
      new Zone("zone", { context: aksContext({}, topology), peers: [] });
    });
    expect(resources.map(({ name }) => name)).to.deep.equal(
      zone.resources.map(({ name }) => name.replace("-pg-azure", "-pg-north")),
    );
    const facts = (all: readonly RecordedResource[]): string => JSON.stringify(all.map(({ inputs }) => inputs));
    const ofSite = /(holdfast|pg|mongo|proxy|backup)-azure/g;
    expect(facts(zone.resources)).to.match(ofSite);
    expect(facts(resources)).to.not.match(ofSite);
  });

  it("makes no namespace for a tunnel that leads nowhere", () => {
    expect(zone.resources.map(({ name }) => name)).to.not.include("zone-overlay");
  });
});
