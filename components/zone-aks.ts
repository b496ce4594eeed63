import { ResourceGroup } from "@pulumi/azure-native/resources";
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { AksSiteConfig } from "../config/schema.ts";
import { backupAccount } from "./backup-account.ts";
import { mayLock } from "./backup-account-plan.ts";
import { pulledSites } from "./backup-plan.ts";
import { managedClassName, sharedClassName } from "./cluster-shape.ts";
import type { Peer, PeerBackupStore, SiteContext } from "./context.ts";
import { labels } from "./names.ts";
import { aksCluster } from "./zone-aks-cluster.ts";
import { workloadIdentity } from "./zone-aks-identity.ts";
import { azureName, DISK_SKUS } from "./zone-aks-plan.ts";
import type { ZonePlatform } from "./zone-platform.ts";

/**
 * A site on Azure Kubernetes Service, made by the program: group, network, address, cluster, storage class and identity.
 *
 * The API versions are pinned by the package: each of its modules speaks one version of the Azure REST API, so they
 * change only with the exact version in package.json (azure-native 3.28.0; test/components/zone-aks-versions.test.ts
 * lists them).
 */
export function aksPlatform(
  name: string,
  context: SiteContext,
  facts: AksSiteConfig,
  peers: readonly Peer[],
  told: PeerBackupStore | undefined,
  parent: pulumi.Resource,
): ZonePlatform {
  const { site, topology } = context;
  const group = new ResourceGroup(
    `${name}-group`,
    { resourceGroupName: azureName(site), location: facts.location },
    // All that the site has on Azure is in it, backups too.
    { parent, protect: true },
  );
  const { cluster, workers, address, subnetId, kubeconfig } = aksCluster(name, site, facts, group, parent);
  const workload = workloadIdentity(name, context, facts.location, group, cluster, parent);
  const provider = new k8s.Provider(`${name}-cluster`, { enableServerSideApply: true, kubeconfig }, { parent });
  const storage = storageClass(name, facts, { parent, provider });
  const files = filesClass(name, facts, { parent, provider });
  const { account, container } = facts.backupStore;
  const pullers = topology.backups.copies.filter(({ from }) => from === site).map(({ to }) => to);
  const { mongoKey } = backupAccount(
    `${name}-backup`,
    {
      resourceGroupName: group.name,
      location: facts.location,
      store: facts.backupStore,
      locked: mayLock(facts.backupStore, told),
      retention: topology.backups.retention,
      pulled: pulledSites(context),
      principalId: workload.principalId,
      subnetId,
      pullers: peers
        .filter((peer) => pullers.includes(peer.site))
        .flatMap(({ publicAddresses }) => publicAddresses ?? []),
    },
    parent,
  );
  return {
    provider,
    publicAddresses: address.ipAddress.apply((ip) => (ip === undefined ? [] : [ip])),
    loadBalancer: {
      annotations: {
        "service.beta.kubernetes.io/azure-load-balancer-resource-group": azureName(site),
        "service.beta.kubernetes.io/azure-pip-name": azureName(site),
      },
      asksForLocalPods: true,
    },
    identity: {
      serviceAccountAnnotations: workload.clientId.apply((id) => ({ "azure.workload.identity/client-id": id })),
      podLabels: { "azure.workload.identity/use": "true" },
    },
    backupStore: workload.tenantId.apply((tenantId): PeerBackupStore => ({
      protocol: "azure-blob",
      account,
      container,
      tenantId,
    })),
    mongoBackupKey: mongoKey,
    publicDns: { resourceGroup: group.name },
    needed: [...workers, storage, files],
  };
}

/** Volumes that outlive their claim and, zone-redundant, their zone: a pod takes its own along to another one. */
function storageClass(
  name: string,
  { volumes }: AksSiteConfig,
  options: pulumi.CustomResourceOptions,
): k8s.storage.v1.StorageClass {
  return new k8s.storage.v1.StorageClass(
    `${name}-storage-class`,
    {
      metadata: { name: managedClassName(volumes), labels: labels("storage") },
      provisioner: "disk.csi.azure.com",
      parameters: { skuName: DISK_SKUS[volumes] },
      // A disk that is bound to a zone is made where its pod is.
      volumeBindingMode: "WaitForFirstConsumer",
      reclaimPolicy: "Retain",
      allowVolumeExpansion: true,
    },
    options,
  );
}

/**
 * Users' files, on shares of Azure Files that all nodes mount: nothing is attached to a node, so nothing waits for a dead
 * one. By NFS, which needs no account's key in the cluster; the driver makes the account, and lets in the nodes' subnet alone,
 * by the endpoint of the network (file.csi.azure.com, docs/driver-parameters.md).
 */
function filesClass(
  name: string,
  { volumes }: AksSiteConfig,
  options: pulumi.CustomResourceOptions,
): k8s.storage.v1.StorageClass {
  return new k8s.storage.v1.StorageClass(
    `${name}-files-class`,
    {
      metadata: { name: sharedClassName(volumes), labels: labels("storage") },
      provisioner: "file.csi.azure.com",
      parameters: { protocol: "nfs", skuName: DISK_SKUS[volumes] },
      // A file that one pod has just stored must not be missing to another that asked for it before (nfs(5)).
      mountOptions: ["lookupcache=positive"],
      volumeBindingMode: "Immediate",
      reclaimPolicy: "Retain",
      allowVolumeExpansion: true,
    },
    options,
  );
}
