import { expect } from "chai";
import { planTopology } from "../../planner/plan.ts";
import type { ProgramResult, RecordedResource } from "../../planner/harness.ts";
import { readProject } from "../../planner/stack-files.ts";
import { allAzure } from "../../topologies/all-azure.ts";
import { azurePrimary } from "../../topologies/azure-primary.ts";
import type { Topology } from "../../topologies/types.ts";
import { at } from "../components/declared.ts";

const PROJECT = readProject(".");

async function planned(topology: Topology): Promise<ReadonlyMap<string, ProgramResult>> {
  const { sites } = await planTopology(PROJECT, topology);
  return new Map(sites.map(({ site, result }) => [site, result]));
}

const ofKind = ({ resources }: ProgramResult, kind: string): readonly RecordedResource[] =>
  resources.filter((one) => (at(one, "kind") ?? one.type.split(":").at(-1)) === kind);
const named = (result: ProgramResult, kind: string, name: string): RecordedResource => {
  const found = ofKind(result, kind).find((one) => at(one, "metadata.name") === name);
  if (!found) throw new Error(`${kind} ${name} is not declared`);
  return found;
};

describe("all-azure: a site without another one [S2.2, S2.3]", () => {
  let azure: ProgramResult;
  before(async () => {
    azure = (await planned(allAzure)).get("azure")!;
  });

  it("has no gateway, and nothing in its namespace", () => {
    expect(azure.resources.filter(({ type }) => type === "holdfast:platform:Overlay")).to.deep.equal([]);
    expect(azure.resources.filter((one) => at(one, "metadata.namespace") === "overlay")).to.deep.equal([]);
    const spaces = ofKind(azure, "Namespace").map((one) => at(one, "metadata.name"));
    expect(spaces).to.include("platform").and.not.include("overlay");
    expect(azure.outputs).to.not.have.any.keys("overlayEndpoint", "wireguardPublicKey");
    const records = ofKind(azure, "RecordSet").map(({ inputs }) => String(inputs["relativeRecordSetName"]));
    expect(records.filter((record) => record.startsWith("overlay"))).to.deep.equal([]);
  });

  it("lets no pod speak to a gateway", () => {
    const policies = ofKind(azure, "NetworkPolicy");
    expect(policies.length).to.be.greaterThan(5);
    for (const policy of policies) expect(JSON.stringify(policy.inputs), policy.name).to.not.contain("overlay");
  });

  it("has PostgreSQL in three zones, as no part of a distributed topology", () => {
    const { spec } = named(azure, "Cluster", "pg-azure").inputs as { spec: Record<string, unknown> };
    expect(spec).to.not.have.any.keys("replica", "externalClusters");
    expect(spec["bootstrap"]).to.have.all.keys("initdb");
    expect(spec["instances"]).to.equal(3);
    expect(spec["affinity"]).to.deep.include({
      topologyKey: "topology.kubernetes.io/zone",
      podAntiAffinityType: "required",
    });
  });

  it("has three members of MongoDB that hold data, each in a zone of its own, and writes acknowledged by a majority", () => {
    const sets = ofKind(azure, "StatefulSet");
    expect(sets.map((one) => at(one, "metadata.name"))).to.have.members([
      "mongo-azure-0",
      "mongo-azure-1",
      "mongo-azure-2",
    ]);
    for (const one of sets) {
      const [term] = at(
        one,
        "spec.template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution",
      ) as { topologyKey: string }[];
      expect(term!.topologyKey).to.equal("topology.kubernetes.io/zone");
      expect(at(one, "spec.volumeClaimTemplates.0.spec.storageClassName")).to.equal("holdfast-zrs");
    }
    const environment = at(named(azure, "Deployment", "alastair"), "spec.template.spec.containers.0.env");
    const options = (environment as { name: string; value: string }[]).find(({ name }) => name === "MONGO_OPTIONS");
    expect(options!.value).to.contain("w=majority");
  });

  it("routes to its own pods only", () => {
    const routes = ofKind(azure, "IngressRoute");
    expect(routes.length).to.be.greaterThan(3);
    for (const route of routes) {
      expect(at(route, "spec.entryPoints"), route.name).to.deep.equal(["websecure"]);
      expect(JSON.stringify(route.inputs), route.name).to.not.contain("proxy-");
    }
    const args = at(named(azure, "Deployment", "proxy"), "spec.template.spec.containers.0.args") as string[];
    expect(args.filter((argument) => argument.includes("entrypoints.overlay"))).to.deep.equal([]);
    expect(args.some((argument) => argument.includes("entrypoints.websecure"))).to.equal(true);
  });

  it("copies nothing to or from another site", () => {
    const jobs = ofKind(azure, "CronJob").map((one) => String(at(one, "metadata.name")));
    expect(jobs).to.include("backup-mongo");
    expect(jobs.filter((job) => job.includes("copy"))).to.deep.equal([]);
  });

  it("has every balanced Service at the one address", () => {
    const services = ofKind(azure, "Service").filter((one) => at(one, "spec.type") === "LoadBalancer");
    expect(services.map((one) => at(one, "metadata.name"))).to.include("proxy");
    const address = ofKind(azure, "PublicIPAddress");
    expect(address).to.have.length(1);
    for (const service of services) {
      expect(at(service, "metadata.annotations"), service.name).to.deep.equal({
        "service.beta.kubernetes.io/azure-pip-name": address[0]!.inputs["publicIpAddressName"],
        "service.beta.kubernetes.io/azure-load-balancer-resource-group": address[0]!.inputs["resourceGroupName"],
      });
      // Azure's balancer probes no UDP: it learns from the nodes themselves which of them have a pod.
      expect(at(service, "spec.externalTrafficPolicy"), service.name).to.equal("Local");
    }
    expect(azure.outputs["publicAddresses"]).to.deep.equal([address[0]!.wireOutputs["ipAddress"]]);
  });

  it("is the same with three zones or one, but for what zones decide", async () => {
    const { sites } = await planTopology(PROJECT, allAzure, undefined, (_site, values) => {
      const facts = JSON.parse(values["holdfast:site"]!) as Record<string, unknown>;
      return { ...values, "holdfast:site": JSON.stringify({ ...facts, zones: ["1"], volumes: "lrs" }) };
    });
    const one = sites[0]!.result;
    const everywhere = azure.resources.filter(({ name }) => !/^zone-workers-[23]$/.test(name));
    expect(one.resources.map(({ urn }) => urn)).to.have.members(everywhere.map(({ urn }) => urn));
    expect(at(named(one, "Cluster", "pg-azure"), "spec.affinity.topologyKey")).to.equal("kubernetes.io/hostname");
    expect(ofKind(one, "StorageClass").map((each) => at(each, "metadata.name"))).to.deep.equal([
      "holdfast-lrs",
      "holdfast-files-lrs",
    ]);
  });
});

describe("azure-primary: the roles of S1 exchanged [S3.1]", () => {
  let sites: ReadonlyMap<string, ProgramResult>;
  before(async () => {
    sites = await planned(azurePrimary);
  });

  it("has the primary on Azure, and a standby in Aachen that streams from it", () => {
    for (const [site, result] of sites) {
      const replica = at(named(result, "Cluster", `pg-${site}`), "spec.replica") as Record<string, string>;
      expect(replica["primary"]).to.equal("pg-azure");
      expect(replica["self"]).to.equal(`pg-${site}`);
    }
    expect(sites.get("azure")!.outputs["role"]).to.equal("primary");
    expect(sites.get("aachen")!.outputs["role"]).to.equal("standby");
  });

  it("leads Aachen's proxies and clients to the address that Azure gave", () => {
    const [address] = sites.get("azure")!.outputs["publicAddresses"] as string[];
    const zone = at(named(sites.get("aachen")!, "ConfigMap", "nameserver"), "data") as Record<string, string>;
    expect(zone["zone.db"]).to.contain(address);
  });

  it("has writes on a majority of Azure's members, each in a zone of its own [S3.3]", () => {
    for (const result of sites.values()) {
      const environment = at(named(result, "Deployment", "alastair"), "spec.template.spec.containers.0.env");
      const options = (environment as { name: string; value: string }[]).find(({ name }) => name === "MONGO_OPTIONS");
      expect(options!.value).to.contain("w=majority&journal=true&");
    }
    for (const index of [0, 1, 2]) {
      const set = named(sites.get("azure")!, "StatefulSet", `mongo-azure-${index}`);
      const [term] = at(
        set,
        "spec.template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution",
      ) as readonly { readonly topologyKey: string }[];
      expect(term?.topologyKey).to.equal("topology.kubernetes.io/zone");
    }
  });

  it("has the tunnel's address on Azure at the shared one, and leaves Aachen's Services as they were", () => {
    const gateway = (site: string): RecordedResource => named(sites.get(site)!, "Service", "gateway");
    expect(at(gateway("azure"), "metadata.annotations")).to.have.property("service.beta.kubernetes.io/azure-pip-name");
    expect(at(gateway("aachen"), "metadata")).to.not.have.property("annotations");
    expect(at(gateway("aachen"), "spec")).to.not.have.property("externalTrafficPolicy");
  });
});
