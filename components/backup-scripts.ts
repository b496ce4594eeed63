import { copyScript, copyScriptName } from "./backup-copy-script.ts";
import type { CopyWay } from "./backup-copy-script.ts";
import type { Protocol } from "./site-store.ts";

/**
 * The shell scripts of the backups and of the tests of restoring them: POSIX sh, since four images with four shells run
 * them. They take everything from their environment, so that it can be read on the CronJob. None of them can take
 * anything away from a store: how long backups are kept is the store's matter (docs/backups.md).
 */

const header = (what: string): string => `# ${what}\nset -eu\n`;

/** How the tools name a store and sign in to it. */
interface Dialect {
  /** URL of a restic repository. */
  readonly repository: string;
  /** Options of Barman's commands. */
  readonly barman: string;
  /** URL of PostgreSQL's archive. */
  readonly archive: string;
  /** Completes the configuration of Percona Backup for MongoDB. */
  readonly pbmKey: string;
}

const dialects: Readonly<Record<Protocol, Dialect>> = {
  s3: {
    repository: "s3:$BACKUP_ENDPOINT/$BACKUP_BUCKET/$BACKUP_PREFIX",
    barman: '--endpoint-url "$BACKUP_ENDPOINT"',
    archive: "s3://$BACKUP_BUCKET/$BACKUP_PREFIX",
    pbmKey: String.raw`  printf '    credentials:\n      access-key-id: "%s"\n      secret-access-key: "%s"\n' \
    "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" >>/tmp/pbm.yaml`,
  },
  // restic (0.19, internal/backend/azure) takes Azure's default credentials where it is given no key: the workload
  // identity among them. So does Barman's `managed-identity`, wherever the cluster hands a pod a federated token
  // (azure-identity for Python 1.26, ManagedIdentityCredential; Barman 3.17, barman/cloud_providers).
  "azure-blob": {
    repository: "azure:$BACKUP_BUCKET:/$BACKUP_PREFIX",
    barman: "--cloud-provider azure-blob-storage --azure-credential managed-identity",
    archive: "$BACKUP_ENDPOINT/$BACKUP_BUCKET/$BACKUP_PREFIX",
    pbmKey: String.raw`  printf '    credentials:\n      key: "%s"\n' "$BACKUP_ACCOUNT_KEY" >>/tmp/pbm.yaml`,
  },
};

/** What several scripts need; sourced. */
const common = ({ pbmKey }: Dialect): string => String.raw`# Sourced by the other scripts.
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
${pbmKey}
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

const backupUploads = ({
  repository,
}: Dialect): string => String.raw`${header("Adds a snapshot of the mounted files to the repository.")}
RESTIC_REPOSITORY="${repository}"
export RESTIC_REPOSITORY

# "init" refuses a repository that exists, so a store that does not answer cannot start a second one.
restic cat config >/dev/null 2>&1 || restic init
cd "$UPLOADS"
# restic refuses to save nothing. Before the first upload there is nothing to save; later it means that all is lost.
found=$(ls -A)
if [ -z "$found" ]; then
  saved=$(restic snapshots --no-lock --host "$SUBJECT" --latest 1 --json)
  case "$saved" in
  *'"time"'*) ;;
  *)
    printf 'nothing was uploaded for %s yet\n' "$SUBJECT"
    exit 0
    ;;
  esac
fi
restic backup --host "$SUBJECT" .
`;

const testPostgres = ({
  barman,
  archive,
}: Dialect): string => String.raw`${header("Restores the newest base backup, replays the archive to its end, and reads every row.")}
. /scripts/common.sh
data=/restore/data
archive="${archive}"

newest=$(barman-cloud-backup-list --format json ${barman} "$archive" "$SUBJECT" | python3 -c '
import json, sys
done = [b["backup_id"] for b in json.load(sys.stdin)["backups_list"] if b["status"] == "DONE"]
print(max(done, default=""))')
require_fresh "$(printf '%s' "$newest" | sed 's/\(....\)\(..\)\(..\)T\(..\)\(..\)\(..\)/\1-\2-\3 \4:\5:\6/')"

barman-cloud-restore ${barman} "$archive" "$SUBJECT" "$newest" "$data"
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

const restoreWal = ({
  barman,
  archive,
}: Dialect): string => String.raw`${header("PostgreSQL's restore_command: $1 is the file's name, $2 where it is to lie.")}
exec barman-cloud-wal-restore ${barman} "${archive}" "$SUBJECT" "$1" "$2"
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

const testUploads = ({
  repository,
}: Dialect): string => String.raw`${header("Reads a twentieth of the repository, chosen anew each time, and restores the newest snapshot.")}
. /scripts/common.sh
RESTIC_REPOSITORY="${repository}"
export RESTIC_REPOSITORY

# A lock would be a write into a copy; nothing in the cluster thins the repository out, which is what locks are for.
newest=$(restic snapshots --no-lock --host "$SUBJECT" --latest 1 --json |
  sed -n 's/.*"time":"\([0-9-]*\)T\([0-9:]*\).*/\1 \2/p')
require_fresh "$newest"
restic check --no-lock --read-data-subset=5%
restic restore latest --no-lock --host "$SUBJECT" --target /restore/files --verify
printf 'restored %s files of %s\n' "$(find /restore/files -type f | wc -l)" "$SUBJECT"
`;

/**
 * Name in the ConfigMap → script.
 *
 * @param own protocol of the store that they write to
 * @param copies the ways of the copies that the site pulls
 */
export function backupScripts(own: Protocol = "s3", copies: readonly CopyWay[] = []): Readonly<Record<string, string>> {
  const dialect = dialects[own];
  const ways = own === "s3" ? [{ source: "s3", part: "all" } as const, ...copies] : copies;
  return {
    "common.sh": common(dialect),
    "backup-mongo.sh": backupMongo,
    "backup-uploads.sh": backupUploads(dialect),
    ...Object.fromEntries(ways.map((way) => [copyScriptName(way), copyScript(way, own)])),
    "restore-test-postgres.sh": testPostgres(dialect),
    "restore-wal.sh": restoreWal(dialect),
    "restore-test-mongod.sh": testMongod,
    "restore-test-mongo.sh": testMongo,
    "restore-test-mongo-count.sh": testMongoCount,
    "restore-test-uploads.sh": testUploads(dialect),
  };
}
