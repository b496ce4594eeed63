# Sourced by the other scripts.
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
