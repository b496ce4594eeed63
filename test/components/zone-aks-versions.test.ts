import { readFileSync } from "node:fs";
import { expect } from "chai";
import { planTopology } from "../../planner/plan.ts";
import { readProject } from "../../planner/stack-files.ts";
import { allAzure } from "../../topologies/all-azure.ts";
import { azurePrimary } from "../../topologies/azure-primary.ts";

/**
 * Which version of the Azure REST API makes each type. The package fixes one per type; a change of the package that
 * changes one of these may change what is declared, and is to be looked at before it is written down here.
 */
const VERSIONS: Readonly<Record<string, string>> = {
  "authorization:RoleAssignment": "2022-04-01",
  "containerservice:AgentPool": "2025-09-01",
  "containerservice:ManagedCluster": "2025-09-01",
  "dns:RecordSet": "2023-07-01-preview",
  "dns:Zone": "2023-07-01-preview",
  "managedidentity:FederatedIdentityCredential": "2023-01-31",
  "managedidentity:UserAssignedIdentity": "2023-01-31",
  "network:PublicIPAddress": "2024-05-01",
  "network:VirtualNetwork": "2024-05-01",
  "resources:ResourceGroup": "2024-03-01",
  "storage:BlobContainer": "2024-01-01",
  "storage:BlobServiceProperties": "2024-01-01",
  "storage:ManagementPolicy": "2024-01-01",
  "storage:StorageAccount": "2024-01-01",
  "trafficmanager:Profile": "2022-04-01",
};

const PACKAGE = "node_modules/@pulumi/azure-native";

function versionOf(type: string): string | undefined {
  const [module = "", name = ""] = type.split(":");
  const file = `${PACKAGE}/${module}/${name.charAt(0).toLowerCase()}${name.slice(1)}.d.ts`;
  return /Uses Azure REST API version ([\w-]+)\./.exec(readFileSync(file, "utf8"))?.[1];
}

describe("versions of Azure's API", () => {
  it("are pinned by an exact version of the package, which is the one installed", () => {
    const own = JSON.parse(readFileSync("package.json", "utf8")) as { dependencies: Record<string, string> };
    const installed = JSON.parse(readFileSync(`${PACKAGE}/package.json`, "utf8")) as { version: string };
    expect(own.dependencies["@pulumi/azure-native"]).to.match(/^\d+\.\d+\.\d+$/);
    expect(installed.version.replace(/^v/, "")).to.equal(own.dependencies["@pulumi/azure-native"]);
  });

  it("are known for every type that is declared", async () => {
    const plans = await Promise.all(
      [allAzure, azurePrimary].map((topology) => planTopology(readProject("."), topology)),
    );
    const types = plans
      .flatMap(({ sites }) => sites.flatMap(({ result }) => result.resources.map(({ type }) => type)))
      .filter((type) => type.startsWith("azure-native:"))
      .map((type) => type.slice("azure-native:".length));
    const found = Object.fromEntries([...new Set(types)].sort().map((type) => [type, versionOf(type)]));
    expect(found).to.deep.equal(VERSIONS);
  });
});
