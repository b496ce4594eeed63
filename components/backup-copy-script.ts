import type { CopyPart } from "./backup-places.ts";
import type { Protocol } from "./site-store.ts";

/** What decides how a copy is written. */
export interface CopyWay {
  readonly source: Protocol;
  readonly part: CopyPart;
}

/** Name of the script in the ConfigMap. */
export function copyScriptName({ source, part }: CopyWay): string {
  return `backup-copy${source === "s3" ? "" : "-blobs"}${part === "all" ? "" : `-${part}`}.sh`;
}

const HEADER = "# Copies what is new in another site's store; what is gone or changed there stays here.\nset -eu\n";

/** An S3 store with a key, which the CronJob hands over in rclone's own variables. */
const s3Source = String.raw`export RCLONE_CONFIG_SOURCE_TYPE=s3 RCLONE_CONFIG_SOURCE_PROVIDER=Other RCLONE_CONFIG_SOURCE_NO_CHECK_BUCKET=true
export RCLONE_CONFIG_SOURCE_ENDPOINT="$SOURCE_ENDPOINT" RCLONE_CONFIG_SOURCE_REGION="$SOURCE_REGION"`;

/** An account in Azure, by an application's tenant, id and secret (rclone 1.75, docs/content/azureblob.md); rclone knows its address by its name. */
const blobSource = String.raw`export RCLONE_CONFIG_SOURCE_TYPE=azureblob RCLONE_CONFIG_SOURCE_ACCOUNT="$SOURCE_ACCOUNT"
export RCLONE_CONFIG_SOURCE_TENANT="$SOURCE_TENANT"`;

const s3Own = String.raw`export RCLONE_CONFIG_OWN_TYPE=s3 RCLONE_CONFIG_OWN_PROVIDER=Other RCLONE_CONFIG_OWN_NO_CHECK_BUCKET=true
export RCLONE_CONFIG_OWN_ENDPOINT="$BACKUP_ENDPOINT" RCLONE_CONFIG_OWN_REGION="$BACKUP_REGION"`;

/**
 * The account of MongoDB's backups gets its key as RCLONE_CONFIG_OWN_KEY; without one rclone takes the workload identity
 * from the variables that the cluster gives the pod (rclone 1.75, docs/content/azureblob.md, Env Auth: AZURE_TENANT_ID,
 * AZURE_CLIENT_ID and AZURE_FEDERATED_TOKEN_FILE, before any managed identity of the machine).
 */
const blobOwn = String.raw`export RCLONE_CONFIG_OWN_TYPE=azureblob RCLONE_CONFIG_OWN_ACCOUNT="$AZURE_ACCOUNT_NAME"
export RCLONE_CONFIG_OWN_ENV_AUTH="$OWN_ENV_AUTH" RCLONE_CONFIG_OWN_NO_CHECK_CONTAINER=true`;

const s3From = String.raw`# The tunnel vouches for the other site. Its store's certificate carries another name than the one in the tunnel.
from="source,override.no_check_certificate=true:$SOURCE_BUCKET"`;

const LISTS = ["- /postgres/**/backup.info", "- /mongo/*.pbm.json", "- /mongo/.pbm.init"];

/** What each part leaves out: lists of contents always, for the second pass brings them. */
const filters: Readonly<Record<CopyPart, readonly string[]>> = {
  all: ["- /copy-of-*/**", "- /uploads-*/locks/**", "- /uploads-*/index/**", "- /uploads-*/snapshots/**", ...LISTS],
  files: [
    "- /copy-of-*/**",
    "- /mongo/**",
    "- /uploads-*/locks/**",
    "- /uploads-*/index/**",
    "- /uploads-*/snapshots/**",
    ...LISTS.slice(0, 1),
  ],
  mongo: [...LISTS.slice(1), "+ /mongo/**", "- **"],
};

const lists: Readonly<Record<CopyPart, readonly string[]>> = {
  all: [
    "+ /uploads-*/index/**",
    "+ /uploads-*/snapshots/**",
    "+ /postgres/**/backup.info",
    "+ /mongo/*.pbm.json",
    "+ /mongo/.pbm.init",
    "- **",
  ],
  files: ["+ /uploads-*/index/**", "+ /uploads-*/snapshots/**", "+ /postgres/**/backup.info", "- **"],
  mongo: ["+ /mongo/*.pbm.json", "+ /mongo/.pbm.init", "- **"],
};

const asOptions = (rules: readonly string[]): string => rules.map((rule) => `  --filter '${rule}'`).join(" \\\n");

/** @param own protocol of the store that is written to */
export function copyScript({ source, part }: CopyWay, own: Protocol): string {
  return String.raw`${HEADER}
${source === "s3" ? s3Source : blobSource}
${own === "s3" ? s3Own : blobOwn}

${source === "s3" ? s3From : 'from="source:$SOURCE_BUCKET"'}
to="own:$BACKUP_BUCKET/$BACKUP_PREFIX"

copy() {
  rclone copy "$from" "$to" --checksum --bwlimit "$BANDWIDTH" --transfers 4 --stats 5m --stats-one-line --log-level INFO "$@"
}

# Lists of contents come last, and only those that are older than the first pass (5 minutes for clocks that differ):
# so the copy never lists what it does not hold.
started=$(date -u -d "@$(($(date -u +%s) - 300))" +%Y-%m-%dT%H:%M:%SZ)
copy --immutable \
${asOptions(filters[part])}
copy --use-server-modtime --min-age "$started" \
${asOptions(lists[part])}
`;
}
