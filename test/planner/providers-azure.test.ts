import { expect } from "chai";
import { invoke, make } from "../../planner/providers.ts";

const GROUP = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g";
const urn = (type: string): string => `urn:pulumi:azure::holdfast::${type}::x`;
const made = (type: string, inputs: Record<string, unknown>) => make(`azure-native:${type}`, urn(type), inputs);

describe("planner/providers-azure", () => {
  for (const [type, inputs, id] of [
    ["resources:ResourceGroup", { resourceGroupName: "g" }, GROUP],
    [
      "containerservice:AgentPool",
      { resourceGroupName: "g", resourceName: "c", agentPoolName: "p" },
      `${GROUP}/providers/Microsoft.ContainerService/managedClusters/c/agentPools/p`,
    ],
    [
      "storage:BlobServiceProperties",
      { resourceGroupName: "g", accountName: "a" },
      `${GROUP}/providers/Microsoft.Storage/storageAccounts/a/blobServices/default`,
    ],
    [
      "dns:RecordSet",
      { resourceGroupName: "g", zoneName: "x.test", recordType: "A", relativeRecordSetName: "@" },
      `${GROUP}/providers/Microsoft.Network/dnsZones/x.test/A/@`,
    ],
    [
      "authorization:RoleAssignment",
      { scope: GROUP, roleAssignmentName: "r" },
      `${GROUP}/providers/Microsoft.Authorization/roleAssignments/r`,
    ],
  ] as const) {
    it(`answers for ${type} with its id and name, and what was declared`, () => {
      const answer = made(type, { ...inputs });
      expect(answer.id).to.equal(id);
      expect(answer.outputs).to.deep.include({ ...inputs, name: id.split("/").at(-1) });
    });
  }

  it("gives a static address one that nobody has, the same each time, and a dynamic one none", () => {
    const address = { resourceGroupName: "g", publicIpAddressName: "a", publicIPAllocationMethod: "Static" };
    const [one, other] = [1, 2].map(() => made("network:PublicIPAddress", address).outputs["ipAddress"]);
    expect(one)
      .to.match(/^203\.0\.113\.\d+$/)
      .and.equal(other);
    expect(
      made("network:PublicIPAddress", { ...address, publicIPAllocationMethod: "Dynamic" }).outputs,
    ).to.not.have.property("ipAddress");
  });

  it("gives a cluster an issuer only where it was asked for one", () => {
    const cluster = { resourceGroupName: "g", resourceName: "c" };
    const issuer = (inputs: object) =>
      made("containerservice:ManagedCluster", { ...cluster, ...inputs }).outputs["oidcIssuerProfile"];
    expect(issuer({})).to.equal(undefined);
    expect(issuer({ oidcIssuerProfile: { enabled: false } })).to.deep.equal({ enabled: false });
    expect(issuer({ oidcIssuerProfile: { enabled: true } }))
      .to.have.property("issuerURL")
      .that.matches(/^https:/);
  });

  it("refuses a resource whose name would be drawn at random, naming it", () => {
    expect(() => made("storage:StorageAccount", { resourceGroupName: "g" })).to.throw(/::x: accountName is not set/);
  });

  it("refuses types and functions that it does not know", () => {
    expect(() => made("compute:VirtualMachine", { resourceGroupName: "g" })).to.throw(
      /azure-native:compute:VirtualMachine is unknown to the planner/,
    );
    expect(() => made("constructor", {})).to.throw(/unknown/);
    expect(() => invoke("azure-native:storage:getStorageAccount", {})).to.throw(/unknown to the planner/);
  });

  it("answers the cluster's credentials in the form in which Azure gives them", () => {
    const answer = invoke("azure-native:containerservice:listManagedClusterUserCredentials", { resourceName: "c" });
    const [config] = answer["kubeconfigs"] as { value: string }[];
    expect(Buffer.from(config!.value, "base64").toString()).to.contain("kind: Config");
  });
});
