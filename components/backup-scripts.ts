/**
 * The shell scripts of the backups and of the tests of restoring them: POSIX sh, since four images with four shells run
 * them. They take everything from their environment, so that it can be read on the CronJob. None of them can take
 * anything away from a store: how long backups are kept is the store's matter (docs/backups.md).
 */

const header = (what: string): string => `# ${what}\nset -eu\n`;

/** What several scripts need; sourced. */
const common = String.raw`# Sourced by the other scripts.
fail() {
  printf 'FAILED: %s\n' "$*" >&2
  exit 1
}

# Runs a command up to ten times, half a minute apart.
retry() {
  attempt=1
  until "$@"; do
    [ "$attempt" -lt 10 ] || fail "gave up after $attempt attempts: $1"
    attempt=$((attempt + 1))
    sleep 30
  done
}

# $1: when the newest backup began, "YYYY-MM-DD hh:mm:ss", UTC; empty if there is none.
require_fresh() {
  [ -n "$1" ] || fail "there is no backup of $SUBJECT in $BACKUP_BUCKET/$BACKUP_PREFIX"
  began=$(date -u -d "$1" +%s)
  age=$(($(date -u +%s) - began))
  [ "$age" -le "$MAX_AGE" ] || fail "the newest backup of $SUBJECT began $1 UTC, $age s ago; wanted: at most $MAX_AGE s"
  printf 'the newest backup of %s began %s UTC, %s s ago\n' "$SUBJECT" "$1" "$age"
}

# Completes the agents' configuration with the key of the store, which must not stand in a ConfigMap.
write_pbm_config() {
  umask 077
  cat "$PBM_CONFIG" >/tmp/pbm.yaml
  printf '    credentials:\n      access-key-id: "%s"\n      secret-access-key: "%s"\n' \
    "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" >>/tmp/pbm.yaml
}
`;

const backupMongo = String.raw`${header("A base backup of the replica set; the agents archive the oplog from then on.")}
. /scripts/common.sh
PBM_MONGODB_URI="mongodb://$MONGO_USER:$MONGO_PASSWORD@$MONGO_HOSTS/?replicaSet=$MONGO_REPLICA_SET&authSource=admin"
export PBM_MONGODB_URI

write_pbm_config
pbm config --file /tmp/pbm.yaml >/dev/null
# After a change of the configuration the agents first read the store's list, and refuse other work meanwhile.
retry pbm backup --wait
`;

const backupUploads = String.raw`${header("Adds a snapshot of the mounted files to the repository.")}
RESTIC_REPOSITORY="s3:$BACKUP_ENDPOINT/$BACKUP_BUCKET/$BACKUP_PREFIX"
export RESTIC_REPOSITORY

# "init" refuses a repository that exists, so a store that does not answer cannot start a second one.
restic cat config >/dev/null 2>&1 || restic init
cd "$UPLOADS"
restic backup --host "$SUBJECT" .
`;

const backupCopy = String.raw`${header("Copies what is new in another site's store; what is gone or changed there stays here.")}
export RCLONE_CONFIG_SOURCE_TYPE=s3 RCLONE_CONFIG_SOURCE_PROVIDER=Other RCLONE_CONFIG_SOURCE_NO_CHECK_BUCKET=true
export RCLONE_CONFIG_SOURCE_ENDPOINT="$SOURCE_ENDPOINT" RCLONE_CONFIG_SOURCE_REGION="$SOURCE_REGION"
export RCLONE_CONFIG_OWN_TYPE=s3 RCLONE_CONFIG_OWN_PROVIDER=Other RCLONE_CONFIG_OWN_NO_CHECK_BUCKET=true
export RCLONE_CONFIG_OWN_ENDPOINT="$BACKUP_ENDPOINT" RCLONE_CONFIG_OWN_REGION="$BACKUP_REGION"

# The tunnel vouches for the other site. Its store's certificate carries another name than the one in the tunnel.
from="source,override.no_check_certificate=true:$SOURCE_BUCKET"
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
`;

const testPostgres = String.raw`${header("Restores the newest base backup, replays the archive to its end, and reads every row.")}
. /scripts/common.sh
data=/restore/data
archive="s3://$BACKUP_BUCKET/$BACKUP_PREFIX"

newest=$(barman-cloud-backup-list --format json --endpoint-url "$BACKUP_ENDPOINT" "$archive" "$SUBJECT" | python3 -c '
import json, sys
done = [b["backup_id"] for b in json.load(sys.stdin)["backups_list"] if b["status"] == "DONE"]
print(max(done, default=""))')
require_fresh "$(printf '%s' "$newest" | sed 's/\(....\)\(..\)\(..\)T\(..\)\(..\)\(..\)/\1-\2-\3 \4:\5:\6/')"

barman-cloud-restore --endpoint-url "$BACKUP_ENDPOINT" "$archive" "$SUBJECT" "$newest" "$data"
chmod 700 "$data"
rm -f "$data/standby.signal" "$data/postmaster.pid"
: >"$data/recovery.signal"

# Settings of our own: those in the backup name sockets, certificates and an archive of the cluster that it came from.
# Without hot_standby no limit must be as high as it is there.
printf 'local all all trust\n' >/tmp/pg_hba.conf
printf '%s\n' \
  "hot_standby = off" \
  "archive_mode = off" \
  "listen_addresses = ''" \
  "unix_socket_directories = '/tmp'" \
  "hba_file = '/tmp/pg_hba.conf'" \
  >/tmp/postgresql.conf
postgres -D "$data" -c config_file=/tmp/postgresql.conf -c primary_conninfo= -c recovery_target_timeline=latest \
  -c "restore_command=sh /scripts/restore-wal.sh %f %p" &
server=$!
until psql -h /tmp -U postgres -d postgres -Atc 'select 1' >/dev/null 2>&1; do
  kill -0 "$server" 2>/dev/null || fail "PostgreSQL stopped while it replayed the archive"
  sleep 2
done

psql -h /tmp -U postgres -d "$DATABASE" -v ON_ERROR_STOP=1 -At -c \
  "select 'last change that was replayed: ' || coalesce(pg_last_xact_replay_timestamp()::text, 'none after the base backup')"
pg_dump -h /tmp -U postgres -d "$DATABASE" >/dev/null
kill -INT "$server"
wait "$server"
printf 'restored %s of %s\n' "$newest" "$SUBJECT"
`;

const restoreWal = String.raw`${header("PostgreSQL's restore_command: $1 is the file's name, $2 where it is to lie.")}
exec barman-cloud-wal-restore --endpoint-url "$BACKUP_ENDPOINT" "s3://$BACKUP_BUCKET/$BACKUP_PREFIX" "$SUBJECT" "$1" "$2"
`;

const testMongod = String.raw`${header("A replica set of one member, of its own, for the test of restoring; nobody outside of the pod reaches it.")}
mkdir -p /restore/db
mongod --replSet "$MONGO_REPLICA_SET" --bind_ip 127.0.0.1 --dbpath /restore/db --wiredTigerCacheSizeGB 0.25 &
server=$!
trap 'kill -TERM "$server"' TERM INT
until mongosh --quiet --eval 'db.adminCommand({ ping: 1 })' >/dev/null 2>&1; do
  kill -0 "$server"
  sleep 1
done
mongosh --quiet --eval 'try { rs.status() } catch (notInitiated) {
  rs.initiate({ _id: process.env.MONGO_REPLICA_SET, members: [{ _id: 0, host: "127.0.0.1:27017" }] })
}'
wait "$server"
`;

const testMongo = String.raw`${header("Restores the newest base backup into the replica set of this pod.")}
. /scripts/common.sh
write_pbm_config
pbm config --file /tmp/pbm.yaml >/dev/null
retry pbm config --force-resync --wait

newest=$(pbm list | sed -n 's/^ *\([0-9-]*T[0-9:]*Z\) .*/\1/p' | sort | tail -n 1)
require_fresh "$(printf '%s' "$newest" | sed 's/T/ /; s/Z$//')"
pbm restore "$newest" --wait
`;

const testMongoCount = String.raw`${header("Counts what was restored.")}
mongosh --quiet "mongodb://127.0.0.1:27017/$DATABASE" --eval '
  const names = db.getCollectionNames();
  let documents = 0;
  for (const name of names) documents += db.getCollection(name).countDocuments({});
  print("restored: " + names.length + " collections, " + documents + " documents");
  if (names.length === 0) quit(1);
'
`;

const testUploads = String.raw`${header("Reads a twentieth of the repository, chosen anew each time, and restores the newest snapshot.")}
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
`;

/** Name in the ConfigMap → script. */
export function backupScripts(): Readonly<Record<string, string>> {
  return {
    "common.sh": common,
    "backup-mongo.sh": backupMongo,
    "backup-uploads.sh": backupUploads,
    "backup-copy.sh": backupCopy,
    "restore-test-postgres.sh": testPostgres,
    "restore-wal.sh": restoreWal,
    "restore-test-mongod.sh": testMongod,
    "restore-test-mongo.sh": testMongo,
    "restore-test-mongo-count.sh": testMongoCount,
    "restore-test-uploads.sh": testUploads,
  };
}
