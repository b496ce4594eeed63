import type { types } from "@pulumi/kubernetes";
import type { CopySource, S3Place, StorePlace } from "./backup-places.ts";
import { BACKUP_CREDENTIALS } from "./connections.ts";
import type { SiteContext } from "./context.ts";

type EnvVar = types.input.core.v1.EnvVar;

/** Names of the Secrets and ConfigMaps that the jobs mount or read. */
export const objects = {
  repositories: "backup-repositories",
  scripts: "backup-scripts",
  mongo: "backup-mongo",
  /** Key of the account of MongoDB's backups, where the store is in Azure. */
  mongoAccount: "backup-mongo-account",
  pull: (from: string): string => `backup-pull-${from}`,
} as const;
/** Key of the Secret with the password of restic's repositories. */
export const REPOSITORY_PASSWORD = "password";
/** Key of the Secret `backup-mongo-account`. */
export const ACCOUNT_KEY = "key";

export const value = (name: string, text: string): EnvVar => ({ name, value: text });
export const secret = (name: string, from: string, key: string): EnvVar => ({
  name,
  valueFrom: { secretKeyRef: { name: from, key } },
});

export const restic: readonly EnvVar[] = [
  secret("RESTIC_PASSWORD", objects.repositories, REPOSITORY_PASSWORD),
  value("RESTIC_CACHE_DIR", "/tmp/cache"),
];

/**
 * The own store, under the names that its clients know: of S3 with its key; of Azure without one, since the cluster gives
 * the pod the variables of its workload identity, except for the one account that wants a key.
 */
export function storeEnv(context: Pick<SiteContext, "store">, subject: string, at: StorePlace): EnvVar[] {
  return [value("SUBJECT", subject), ...place(at), ...credentials(context, at)];
}

function place(at: StorePlace): EnvVar[] {
  return [
    value("BACKUP_ENDPOINT", at.endpoint),
    value("BACKUP_BUCKET", at.bucket),
    value("BACKUP_PREFIX", at.prefix),
    at.protocol === "s3" ? value("BACKUP_REGION", at.region) : value("AZURE_ACCOUNT_NAME", at.account),
  ];
}

function credentials(context: Pick<SiteContext, "store">, at: StorePlace): EnvVar[] {
  if (at.protocol === "s3") return s3Credentials(at);
  return isMongoAccount(context, at) ? [secret("BACKUP_ACCOUNT_KEY", objects.mongoAccount, ACCOUNT_KEY)] : [];
}

const s3Credentials = ({ region }: S3Place): EnvVar[] => [
  value("AWS_DEFAULT_REGION", region),
  secret("AWS_ACCESS_KEY_ID", BACKUP_CREDENTIALS.secret, BACKUP_CREDENTIALS.accessKeyId),
  secret("AWS_SECRET_ACCESS_KEY", BACKUP_CREDENTIALS.secret, BACKUP_CREDENTIALS.secretAccessKey),
];

/** Is it the own account that wants a key? */
export function isMongoAccount({ store }: Pick<SiteContext, "store">, at: StorePlace): boolean {
  return store.protocol === "azure-blob" && at.protocol === "azure-blob" && at.account === store.mongoAccount;
}

/** Where a copy comes from and goes to. */
export function copyPlaces(from: CopySource, to: StorePlace): EnvVar[] {
  const source =
    from.protocol === "s3"
      ? [value("SOURCE_REGION", from.region)]
      : [value("SOURCE_ACCOUNT", from.account), value("SOURCE_TENANT", from.tenantId)];
  return [value("SOURCE_ENDPOINT", from.endpoint), value("SOURCE_BUCKET", from.bucket), ...source, ...place(to)];
}

/**
 * By what rclone signs in at both ends, in its own variables.
 *
 * @param pull Secret of the source: an S3 key, or an application's id and secret
 * @param keyed does the target want its account's key?
 */
export function copyKeys(from: CopySource, pull: string, to: StorePlace, keyed: boolean): EnvVar[] {
  const { secret: own, accessKeyId, secretAccessKey } = BACKUP_CREDENTIALS;
  const [id, word] = from.protocol === "s3" ? ["ACCESS_KEY_ID", "SECRET_ACCESS_KEY"] : ["CLIENT_ID", "CLIENT_SECRET"];
  const target =
    to.protocol === "s3"
      ? [
          secret("RCLONE_CONFIG_OWN_ACCESS_KEY_ID", own, accessKeyId),
          secret("RCLONE_CONFIG_OWN_SECRET_ACCESS_KEY", own, secretAccessKey),
        ]
      : [
          // rclone prefers the environment to a key that it is given.
          value("OWN_ENV_AUTH", String(!keyed)),
          ...(keyed ? [secret("RCLONE_CONFIG_OWN_KEY", objects.mongoAccount, ACCOUNT_KEY)] : []),
        ];
  return [
    secret(`RCLONE_CONFIG_SOURCE_${id}`, pull, accessKeyId),
    secret(`RCLONE_CONFIG_SOURCE_${word}`, pull, secretAccessKey),
    ...target,
  ];
}
