# Restores the newest base backup into the replica set of this pod.
set -eu

. /scripts/common.sh
write_pbm_config
pbm config --file /tmp/pbm.yaml >/dev/null
retry pbm config --force-resync --wait

newest=$(pbm list | sed -n 's/^ *\([0-9-]*T[0-9:]*Z\) .*/\1/p' | sort | tail -n 1)
require_fresh "$(printf '%s' "$newest" | sed 's/T/ /; s/Z$//')"
pbm restore "$newest" --wait
