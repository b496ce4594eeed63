# Adds a snapshot of the mounted files to the repository.
set -eu

RESTIC_REPOSITORY="s3:$BACKUP_ENDPOINT/$BACKUP_BUCKET/$BACKUP_PREFIX"
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
