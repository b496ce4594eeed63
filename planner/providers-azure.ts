import { nameIn, textOf } from "./made.ts";
import type { Made, Maker } from "./made.ts";
import { placeholderBytes } from "./placeholders.ts";
import { isObject, reveal } from "./wire.ts";
import type { WireObject } from "./wire.ts";

/** What stands for the ids that only a login tells. */
const SUBSCRIPTION = "00000000-0000-0000-0000-000000000000";
const TENANT = "11111111-1111-1111-1111-111111111111";

interface Kind {
  /** Id of Azure's resource manager, below the resource group; `{key}` is an input, `{key=text}` one with a default. */
  readonly path: string;
  /** What Azure adds to what was declared. */
  readonly adds?: (urn: string, inputs: WireObject, id: string) => WireObject;
}

const network = (rest: string): string => `Microsoft.Network/${rest}`;
const account = (rest = ""): string => `Microsoft.Storage/storageAccounts/{accountName}${rest}`;

/**
 * Types of azure-native 3.28 by module and name. Azure answers far more (states, dates, its own defaults): what is not here
 * a program reads as `undefined`.
 */
const KINDS: Readonly<Record<string, Kind>> = {
  "network:VirtualNetwork": { path: network("virtualNetworks/{virtualNetworkName}") },
  "network:Subnet": { path: network("virtualNetworks/{virtualNetworkName}/subnets/{subnetName}") },
  "network:PublicIPAddress": {
    path: network("publicIPAddresses/{publicIpAddressName}"),
    // A dynamic address is there only once something uses it.
    adds: (urn, inputs) =>
      textOf(inputs, "publicIPAllocationMethod") === "Static" ? { ipAddress: addressOf(urn) } : {},
  },
  "containerservice:ManagedCluster": {
    path: "Microsoft.ContainerService/managedClusters/{resourceName}",
    adds: (urn, inputs) => ({
      fqdn: `${textOf(inputs, "dnsPrefix") ?? ""}.azmk8s.invalid`,
      ...(enabled(inputs["oidcIssuerProfile"])
        ? { oidcIssuerProfile: { enabled: true, issuerURL: `https://oidc.invalid/${TENANT}/${uuid(urn)}/` } }
        : {}),
    }),
  },
  "containerservice:AgentPool": {
    path: "Microsoft.ContainerService/managedClusters/{resourceName}/agentPools/{agentPoolName}",
  },
  "managedidentity:UserAssignedIdentity": {
    path: "Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}",
    adds: (urn) => ({ clientId: uuid(`${urn}#client`), principalId: uuid(`${urn}#principal`), tenantId: TENANT }),
  },
  "managedidentity:FederatedIdentityCredential": {
    path:
      "Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}/federatedIdentityCredentials/" +
      "{federatedIdentityCredentialResourceName}",
  },
  "storage:StorageAccount": {
    path: account(),
    adds: (_urn, inputs) => ({
      primaryEndpoints: { blob: `https://${textOf(inputs, "accountName") ?? ""}.blob.core.windows.net/` },
    }),
  },
  "storage:BlobServiceProperties": { path: account("/blobServices/{blobServicesName=default}") },
  "storage:BlobContainer": { path: account("/blobServices/default/containers/{containerName}") },
  "storage:BlobContainerImmutabilityPolicy": {
    path: account(
      "/blobServices/default/containers/{containerName}/immutabilityPolicies/{immutabilityPolicyName=default}",
    ),
    // Azure makes every policy unlocked; only a person, or a later call, locks it.
    adds: () => ({ state: "Unlocked" }),
  },
  "storage:ManagementPolicy": { path: account("/managementPolicies/{managementPolicyName=default}") },
  "dns:Zone": {
    path: network("dnsZones/{zoneName}"),
    adds: (urn) => ({ nameServers: nameServersOf(urn) }),
  },
  "dns:RecordSet": {
    path: network("dnsZones/{zoneName}/{recordType}/{relativeRecordSetName}"),
    adds: (_urn, inputs) => ({
      fqdn: `${textOf(inputs, "relativeRecordSetName") ?? ""}.${textOf(inputs, "zoneName") ?? ""}.`.replace(/^@\./, ""),
    }),
  },
  "trafficmanager:Profile": {
    path: network("trafficManagerProfiles/{profileName}"),
    adds: (_urn, inputs) => {
      const config = isObject(inputs["dnsConfig"]) ? inputs["dnsConfig"] : {};
      return { dnsConfig: { ...config, fqdn: `${textOf(config, "relativeName") ?? ""}.trafficmanager.net` } };
    },
  },
  "trafficmanager:Endpoint": {
    path: network("trafficManagerProfiles/{profileName}/{endpointType}/{endpointName}"),
  },
};

const PREFIX = "azure-native:";

/** What answers for a resource of Azure; undefined for a type that is none, or is not known here. */
export function azureMaker(type: string): Maker | undefined {
  if (!type.startsWith(PREFIX)) return undefined;
  const name = type.slice(PREFIX.length);
  switch (name) {
    case "resources:ResourceGroup":
      return (urn, inputs) => {
        const group = nameIn(urn, inputs, "resourceGroupName");
        return answer(groupId(group), inputs, { name: group });
      };
    case "authorization:RoleAssignment":
      return (urn, inputs) => {
        // The provider draws the name itself: a UUID, as Azure demands.
        const own = textOf(inputs, "roleAssignmentName") ?? uuid(urn);
        const scope = nameIn(urn, inputs, "scope");
        return answer(`${scope}/providers/Microsoft.Authorization/roleAssignments/${own}`, inputs, { name: own });
      };
    case "authorization:ManagementLockByScope":
      return (urn, inputs) => {
        const own = nameIn(urn, inputs, "lockName");
        const scope = nameIn(urn, inputs, "scope");
        return answer(`${scope}/providers/Microsoft.Authorization/locks/${own}`, inputs, { name: own });
      };
    default: {
      const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
      return kind && ((urn, inputs) => inGroup(kind, urn, inputs));
    }
  }
}

function inGroup({ path, adds }: Kind, urn: string, inputs: WireObject): Made {
  const rest = path.replace(/\{(\w+)(?:=(\w+))?\}/g, (_all, key: string, fallback: string | undefined) =>
    fallback === undefined ? nameIn(urn, inputs, key) : (textOf(inputs, key) ?? fallback),
  );
  const id = `${groupId(nameIn(urn, inputs, "resourceGroupName"))}/providers/${rest}`;
  return answer(id, inputs, { name: id.split("/").at(-1), ...adds?.(urn, inputs, id) });
}

const answer = (id: string, inputs: WireObject, added: WireObject): Made => ({ id, outputs: { ...inputs, ...added } });

const groupId = (name: string): string => `/subscriptions/${SUBSCRIPTION}/resourceGroups/${name}`;

/** One of TEST-NET-3 (RFC 5737): an address that nobody has. */
const addressOf = (urn: string): string => `203.0.113.${1 + ((placeholderBytes(urn, 1)[0] ?? 0) % 254)}`;

/** Azure gives each zone one of some hundred quadruples of servers. */
function nameServersOf(urn: string): readonly string[] {
  const number = String(1 + ((placeholderBytes(urn, 1)[0] ?? 0) % 99)).padStart(2, "0");
  return ["com", "net", "org", "info"].map((end, index) => `ns${index + 1}-${number}.azure-dns.${end}.`);
}

function uuid(seed: string): string {
  return placeholderBytes(seed, 16)
    .toString("hex")
    .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5");
}

function enabled(profile: unknown): boolean {
  const value = reveal(profile);
  return isObject(value) && value["enabled"] === true;
}

/** Functions of azure-native 3.28. */
export const azureInvokes: Readonly<Record<string, (inputs: WireObject) => WireObject>> = {
  "azure-native:containerservice:listManagedClusterUserCredentials": (inputs) => {
    const name = textOf(inputs, "resourceName") ?? "";
    const kubeconfig = `apiVersion: v1 # of ${name}, as Azure would give it: planned, it reaches nothing\nkind: Config\n`;
    return { kubeconfigs: [{ name: "clusterUser", value: Buffer.from(kubeconfig).toString("base64") }] };
  },
  "azure-native:storage:listStorageAccountKeys": (inputs) => ({
    keys: ["key1", "key2"].map((keyName) => ({
      keyName,
      value: placeholderBytes(`${textOf(inputs, "accountName") ?? ""}#${keyName}`, 64).toString("base64"),
      permissions: "Full",
    })),
  }),
  "azure-native:authorization:getClientConfig": () => ({
    clientId: uuid("client"),
    objectId: uuid("object"),
    subscriptionId: SUBSCRIPTION,
    tenantId: TENANT,
  }),
};
