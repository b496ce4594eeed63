import type { Found, SiteView } from "./draft.ts";

/** What another reader turns into lines. */
const READ: readonly string[] = [
  "containerservice:ManagedCluster",
  "containerservice:AgentPool",
  "network:PublicIPAddress",
  "storage:StorageAccount",
  "dns:Zone",
  "trafficmanager:Profile",
  "trafficmanager:Endpoint",
];

/**
 * What has no price of its own: a part of something that has one, or free. Groups, networks, network security, identities
 * and roles are free by Infracost's list as well (infracost/infracost, registry.go, 21 August 2026); the rest are settings of
 * an account, a cluster or a zone, which are read elsewhere. Traffic and queries are told apart from them.
 */
const FREE: readonly string[] = [
  "resources:ResourceGroup",
  "network:VirtualNetwork",
  "network:Subnet",
  "network:NetworkSecurityGroup",
  "network:RouteTable",
  "containerservice:MaintenanceConfiguration",
  "managedidentity:UserAssignedIdentity",
  "managedidentity:FederatedIdentityCredential",
  "authorization:RoleAssignment",
  "authorization:RoleDefinition",
  "authorization:ManagementLockByScope",
  "authorization:ManagementLockAtResourceGroupLevel",
  "storage:BlobServiceProperties",
  "storage:BlobContainer",
  "storage:BlobContainerImmutabilityPolicy",
  "storage:ManagementPolicy",
  "dns:RecordSet",
];

/** Resources of the provider that nobody here can put a price on: silence would look like nothing. */
export function otherCost({ site, azure }: SiteView): Found {
  const others = azure.filter(({ azureType }) => !READ.includes(azureType) && !FREE.includes(azureType));
  return {
    lines: [],
    unknown: others.map(({ azureType, name }) => `${site}: what ${name} (${azureType}) costs: no rule reads its type`),
  };
}
