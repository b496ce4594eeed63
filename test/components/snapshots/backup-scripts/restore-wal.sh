# PostgreSQL's restore_command: $1 is the file's name, $2 where it is to lie.
set -eu

exec barman-cloud-wal-restore --endpoint-url "$BACKUP_ENDPOINT" "s3://$BACKUP_BUCKET/$BACKUP_PREFIX" "$SUBJECT" "$1" "$2"
