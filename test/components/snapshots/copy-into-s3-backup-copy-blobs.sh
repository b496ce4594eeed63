# Copies what is new in another site's store; what is gone or changed there stays here.
set -eu

export RCLONE_CONFIG_SOURCE_TYPE=azureblob RCLONE_CONFIG_SOURCE_ACCOUNT="$SOURCE_ACCOUNT"
export RCLONE_CONFIG_SOURCE_TENANT="$SOURCE_TENANT"
export RCLONE_CONFIG_OWN_TYPE=s3 RCLONE_CONFIG_OWN_PROVIDER=Other RCLONE_CONFIG_OWN_NO_CHECK_BUCKET=true
export RCLONE_CONFIG_OWN_ENDPOINT="$BACKUP_ENDPOINT" RCLONE_CONFIG_OWN_REGION="$BACKUP_REGION"

from="source:$SOURCE_BUCKET"
to="own:$BACKUP_BUCKET/$BACKUP_PREFIX"

copy() {
  rclone copy "$from" "$to" --checksum --bwlimit "$BANDWIDTH" --transfers 4 --stats 5m --stats-one-line --log-level INFO "$@"
}

# Lists of contents come last, and only those that are older than the first pass (5 minutes for clocks that differ):
# so the copy never lists what it does not hold.
started=$(date -u -d "@$(($(date -u +%s) - 300))" +%Y-%m-%dT%H:%M:%SZ)
copy --immutable \
  --filter '- /copy-of-*/**' \
  --filter '- /uploads-*/locks/**' \
  --filter '- /uploads-*/index/**' \
  --filter '- /uploads-*/snapshots/**' \
  --filter '- /postgres/**/backup.info' \
  --filter '- /mongo/*.pbm.json' \
  --filter '- /mongo/.pbm.init'
copy --use-server-modtime --min-age "$started" \
  --filter '+ /uploads-*/index/**' \
  --filter '+ /uploads-*/snapshots/**' \
  --filter '+ /postgres/**/backup.info' \
  --filter '+ /mongo/*.pbm.json' \
  --filter '+ /mongo/.pbm.init' \
  --filter '- **'
