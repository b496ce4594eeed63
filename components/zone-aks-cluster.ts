import { RoleAssignment } from "@pulumi/azure-native/authorization";
import {
  AgentPool,
  listManagedClusterUserCredentialsOutput,
  ManagedCluster,
} from "@pulumi/azure-native/containerservice";
import { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity";
import { PublicIPAddress, VirtualNetwork } from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";
import type { ResourceGroup } from "@pulumi/azure-native/resources";
import type { AksSiteConfig } from "../config/schema.ts";
import { azureName, NETWORK, roleDefinitionId, ROLES, systemPool, workerPools } from "./zone-aks-plan.ts";

export interface AksCluster {
  readonly cluster: ManagedCluster;
  /** One pool for each zone. */
  readonly workers: readonly AgentPool[];
  readonly address: PublicIPAddress;
  /** Where the nodes are. */
  readonly subnetId: pulumi.Output<string>;
  /** As the cluster's users get it; secret. */
  readonly kubeconfig: pulumi.Output<string>;
}

const SUBNET = "nodes";

/** The network, the public address, and the managed cluster with its pools, in all of the site's zones. */
export function aksCluster(
  name: string,
  site: string,
  facts: AksSiteConfig,
  group: ResourceGroup,
  parent: pulumi.Resource,
): AksCluster {
  const { location } = facts;
  const resourceName = azureName(site);
  const inGroup = { resourceGroupName: group.name, location };
  const network = new VirtualNetwork(
    `${name}-network`,
    {
      ...inGroup,
      virtualNetworkName: resourceName,
      addressSpace: { addressPrefixes: [NETWORK.space] },
      // By the endpoint the backup accounts know the nodes, whose traffic to storage then stays off the internet.
      subnets: [
        { name: SUBNET, addressPrefix: NETWORK.nodeSubnet, serviceEndpoints: [{ service: "Microsoft.Storage" }] },
      ],
    },
    { parent },
  );
  const address = new PublicIPAddress(
    `${name}-address`,
    {
      ...inGroup,
      publicIpAddressName: resourceName,
      sku: { name: "Standard", tier: "Regional" },
      publicIPAllocationMethod: "Static",
      publicIPAddressVersion: "IPv4",
      zones: [...facts.zones],
    },
    // Delegations, certificates and the other sites' firewalls know it; another one has to be told to all of them.
    { parent, protect: true },
  );
  const identity = new UserAssignedIdentity(`${name}-cluster-identity`, { ...inGroup, resourceName }, { parent });
  // The cluster puts nodes into the network and the address before its balancer; it manages nothing else of the group.
  const role = new RoleAssignment(
    `${name}-cluster-role`,
    {
      scope: group.id,
      principalId: identity.principalId,
      principalType: "ServicePrincipal",
      roleDefinitionId: group.id.apply((id) => roleDefinitionId(id, ROLES.networkContributor)),
    },
    { parent },
  );
  const vnetSubnetID = pulumi.interpolate`${network.id}/subnets/${SUBNET}`;
  const cluster = new ManagedCluster(
    `${name}-aks`,
    {
      ...inGroup,
      resourceName,
      dnsPrefix: resourceName,
      kubernetesVersion: facts.kubernetesVersion,
      // The control plane with an availability that Azure answers for, spread over the region's zones.
      sku: { name: "Base", tier: "Standard" },
      identity: { type: "UserAssigned", userAssignedIdentities: [identity.id] },
      // Said, since a cluster without it lets every service account do anything, and it cannot be switched on later.
      enableRBAC: true,
      agentPoolProfiles: [{ ...systemPool(facts), vnetSubnetID }],
      // The workers' pools differ in nothing but their zone: they grow evenly.
      autoScalerProfile: { balanceSimilarNodeGroups: "true" },
      networkProfile: {
        networkPlugin: "azure",
        networkPluginMode: "overlay",
        // Enforces NetworkPolicies; the databases' and the tunnel's seclusion rests on them.
        networkDataplane: "cilium",
        networkPolicy: "cilium",
        podCidr: NETWORK.pods,
        serviceCidr: NETWORK.services,
        dnsServiceIP: NETWORK.resolver,
        loadBalancerSku: "standard",
        outboundType: "loadBalancer",
      },
      // Pods prove by tokens of the cluster who they are: no key of the backup store lies in it.
      oidcIssuerProfile: { enabled: true },
      securityProfile: { workloadIdentity: { enabled: true } },
      // `pulumi up` runs wherever its user is, so the API server has a public name; nobody runs commands past it.
      apiServerAccessProfile: { disableRunCommand: true },
      autoUpgradeProfile: { upgradeChannel: "patch", nodeOSUpgradeChannel: "NodeImage" },
      storageProfile: {
        diskCSIDriver: { enabled: true },
        fileCSIDriver: { enabled: true },
        snapshotController: { enabled: true },
      },
    },
    // With it go its disks, which lie in a group of the cluster's own.
    { parent, dependsOn: [role], protect: true },
  );
  const workers: AgentPool[] = [];
  for (const pool of workerPools(facts)) {
    const before = workers.slice(-1);
    workers.push(
      new AgentPool(
        `${name}-workers-${pool.availabilityZones.join("-")}`,
        { resourceGroupName: group.name, resourceName: cluster.name, vnetSubnetID, ...pool },
        // One after the other: an upgrade never drains the nodes of two zones at once. Another size is another pool, which
        // takes the old one's name and therefore its place.
        { parent, dependsOn: before, ignoreChanges: ["count"], deleteBeforeReplace: true },
      ),
    );
  }
  return { cluster, workers, address, subnetId: vnetSubnetID, kubeconfig: kubeconfigOf(group, cluster) };
}

function kubeconfigOf(group: ResourceGroup, cluster: ManagedCluster): pulumi.Output<string> {
  const credentials = listManagedClusterUserCredentialsOutput({
    resourceGroupName: group.name,
    resourceName: cluster.name,
  });
  return pulumi.secret(
    credentials.kubeconfigs.apply(([first]) => {
      if (!first) throw new Error("Azure gave no kubeconfig of the cluster: may this login list its user credentials?");
      return Buffer.from(first.value, "base64").toString("utf8");
    }),
  );
}
