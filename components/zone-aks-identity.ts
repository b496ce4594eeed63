import type { ManagedCluster } from "@pulumi/azure-native/containerservice";
import { FederatedIdentityCredential, UserAssignedIdentity } from "@pulumi/azure-native/managedidentity";
import type { ResourceGroup } from "@pulumi/azure-native/resources";
import type * as pulumi from "@pulumi/pulumi";
import type { SiteContext } from "./context.ts";
import { azureName, subjectOf, workloadServiceAccounts } from "./zone-aks-plan.ts";

/** For whom the cluster's tokens are meant (Microsoft Entra Workload ID). */
const AUDIENCE = "api://AzureADTokenExchange";

/**
 * Who the site's pods are to Azure: one identity, which Azure takes them for on the word of the cluster's issuer. What it
 * may do is said where it is needed (the backup account).
 */
export function workloadIdentity(
  name: string,
  context: SiteContext,
  location: string,
  group: ResourceGroup,
  cluster: ManagedCluster,
  parent: pulumi.Resource,
): UserAssignedIdentity {
  const identity = new UserAssignedIdentity(
    `${name}-identity`,
    { resourceGroupName: group.name, location, resourceName: `${azureName(context.site)}-workload` },
    { parent },
  );
  const issuer = cluster.oidcIssuerProfile.apply((profile) => {
    if (!profile) throw new Error("the cluster has no issuer of tokens, which workload identity rests on");
    return profile.issuerURL;
  });
  let before: pulumi.Resource[] = [];
  for (const account of workloadServiceAccounts(context)) {
    const credential = new FederatedIdentityCredential(
      `${name}-identity-${account.name}`,
      {
        resourceGroupName: group.name,
        resourceName: identity.name,
        federatedIdentityCredentialResourceName: account.name,
        issuer,
        subject: subjectOf(account),
        audiences: [AUDIENCE],
      },
      // Azure refuses two writes to one identity at a time.
      { parent, dependsOn: before },
    );
    before = [credential];
  }
  return identity;
}
