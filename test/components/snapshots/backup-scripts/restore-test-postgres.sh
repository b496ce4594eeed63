# Restores the newest base backup, replays the archive to its end, and reads every row.
set -eu

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
