# Reads a twentieth of the repository, chosen anew each time, and restores the newest snapshot.
set -eu

. /scripts/common.sh
RESTIC_REPOSITORY="s3:$BACKUP_ENDPOINT/$BACKUP_BUCKET/$BACKUP_PREFIX"
export RESTIC_REPOSITORY

# A lock would be a write into a copy; nothing in the cluster thins the repository out, which is what locks are for.
newest=$(restic snapshots --no-lock --host "$SUBJECT" --latest 1 --json |
  sed -n 's/.*"time":"\([0-9-]*\)T\([0-9:]*\).*/\1 \2/p')
require_fresh "$newest"
restic check --no-lock --read-data-subset=5%
restic restore latest --no-lock --host "$SUBJECT" --target /restore/files --verify
printf 'restored %s files of %s\n' "$(find /restore/files -type f | wc -l)" "$SUBJECT"
