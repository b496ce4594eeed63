# Adds a snapshot of the mounted files to the repository.
set -eu

RESTIC_REPOSITORY="s3:$BACKUP_ENDPOINT/$BACKUP_BUCKET/$BACKUP_PREFIX"
export RESTIC_REPOSITORY

# "init" refuses a repository that exists, so a store that does not answer cannot start a second one.
restic cat config >/dev/null 2>&1 || restic init
cd "$UPLOADS"
restic backup --host "$SUBJECT" .
