import { RoleAssignment } from "@pulumi/azure-native/authorization";
import {
  BlobContainer,
  BlobServiceProperties,
  listStorageAccountKeysOutput,
  ManagementPolicy,
  StorageAccount,
} from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";
import type { AksSiteConfig } from "../config/schema.ts";
import type { Seconds } from "../topologies/units.ts";
import {
  ACCOUNT_SKUS,
  agedFolders,
  agedMongoFolders,
  allowedAddresses,
  BLOB_DATA_CONTRIBUTOR,
  blobServiceProperties,
  immutability,
  lifecycle,
} from "./backup-account-plan.ts";
import { mongoAccountOf } from "./site-store.ts";
import { roleDefinitionId } from "./zone-aks-plan.ts";

export interface BackupAccountArgs {
  readonly resourceGroupName: pulumi.Input<string>;
  /** Region, as Azure names it. */
  readonly location: string;
  readonly store: AksSiteConfig["backupStore"];
  /** Lock the immutability, for ever? Azure refuses it where the account is only made. */
  readonly locked: boolean;
  /** How long backups are kept. */
  readonly retention: Seconds;
  /** Sites whose stores this one copies into its own. */
  readonly pulled: readonly string[];
  /** Who the pods that write backups are. */
  readonly principalId: pulumi.Input<string>;
  /** The nodes' subnet, which must have the service endpoint `Microsoft.Storage`. */
  readonly subnetId: pulumi.Input<string>;
  /** Public IPv4 addresses from which other sites pull. */
  readonly pullers: readonly string[];
}

export interface BackupAccount {
  /** Key of the account of MongoDB's backups; secret. After a change of the key an `up` brings the new one. */
  readonly mongoKey: pulumi.Output<string>;
}

/**
 * Where the backups of a site on Azure lie: an account without keys for everything but MongoDB, whose tool knows nothing
 * else ({@link mongoAccountOf}). Both keep versions that nobody can delete, and let in only the cluster's network and the
 * sites that pull. Their resources are children of `parent`, so that they are found beside the cluster's.
 *
 * They are protected: `pulumi destroy` stops with an error. Azure refuses too, as long as one version is locked.
 */
export function backupAccount(name: string, args: BackupAccountArgs, parent: pulumi.Resource): BackupAccount {
  const { store, pulled, principalId } = args;
  const files = declare(name, args, { accountName: store.account, keys: false, aged: agedFolders(pulled) }, parent);
  new RoleAssignment(
    `${name}-role`,
    {
      scope: files.container.id,
      principalId,
      principalType: "ServicePrincipal",
      roleDefinitionId: files.account.id.apply((id) => roleDefinitionId(id, BLOB_DATA_CONTRIBUTOR)),
    },
    { parent },
  );
  const mongoAccount = { accountName: mongoAccountOf(store.account), keys: true, aged: agedMongoFolders(pulled) };
  const mongo = declare(`${name}-mongo`, args, mongoAccount, parent);
  const listed = listStorageAccountKeysOutput({
    resourceGroupName: args.resourceGroupName,
    accountName: mongo.account.name,
  });
  const mongoKey = listed.keys.apply(([first]) => {
    if (!first) throw new Error(`Azure gave no key of ${mongoAccount.accountName}: may this login list its keys?`);
    return first.value;
  });
  return { mongoKey: pulumi.secret(mongoKey) };
}

interface AccountPlan {
  readonly accountName: string;
  /** May it be opened with a key? */
  readonly keys: boolean;
  /** Folders whose current blobs end with the retention. */
  readonly aged: readonly string[];
}

function declare(
  name: string,
  { resourceGroupName, location, store, locked, retention, subnetId, pullers }: BackupAccountArgs,
  { accountName, keys, aged }: AccountPlan,
  parent: pulumi.Resource,
): { readonly account: StorageAccount; readonly container: BlobContainer } {
  const kept = { parent, protect: true };
  const account = new StorageAccount(
    `${name}-account`,
    {
      resourceGroupName,
      location,
      accountName,
      kind: "StorageV2",
      sku: { name: ACCOUNT_SKUS[store.redundancy] },
      accessTier: "Hot",
      minimumTlsVersion: "TLS1_2",
      enableHttpsTrafficOnly: true,
      allowBlobPublicAccess: false,
      allowCrossTenantReplication: false,
      allowSharedKeyAccess: keys,
      immutableStorageWithVersioning: immutability(store, locked),
      networkRuleSet: {
        defaultAction: "Deny",
        // The lifecycle rules are run by Azure itself.
        bypass: "AzureServices",
        virtualNetworkRules: [{ virtualNetworkResourceId: subnetId, action: "Allow" }],
        ipRules: allowedAddresses(pullers),
      },
    },
    kept,
  );
  // By the plain name, which a reader of the stack can follow before the account is made.
  const within = { resourceGroupName, accountName };
  const service = new BlobServiceProperties(
    `${name}-service`,
    { ...within, blobServicesName: "default", ...blobServiceProperties(retention) },
    { ...kept, dependsOn: [account] },
  );
  const container = new BlobContainer(
    `${name}-container`,
    { ...within, containerName: store.container, publicAccess: "None" },
    { ...kept, dependsOn: [account, service] },
  );
  new ManagementPolicy(
    `${name}-lifecycle`,
    {
      ...within,
      managementPolicyName: "default",
      policy: { rules: [...lifecycle(store.container, retention, aged)] },
    },
    { parent, dependsOn: [account, service, container] },
  );
  return { account, container };
}
