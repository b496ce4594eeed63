#!/bin/sh
set -eu
config=/etc/holdfast/wg0.conf
received=/run/received
export WG_ENDPOINT_RESOLUTION_RETRIES=1

setting() { sed -n "s/^$1 = //p" "$config" | head -n 1; }
count() { awk -v key="$1" '$1 == key { print $2 }' "$2"; }

# A container that was restarted finds the pod's network as it was left.
ip link delete dev wg0 2>/dev/null || true
if ! ip link add dev wg0 type wireguard 2>/dev/null; then
  # Some builds refuse to run where a kernel might have a module; that there is none was just seen.
  WG_I_PREFER_BUGGY_USERSPACE_TO_POLISHED_KMOD=1 wireguard-go wg0
fi
grep -vE '^(Address|MTU|Endpoint) = ' "$config" > /run/wg0.setconf
wg setconf wg0 /run/wg0.setconf
wg set wg0 private-key /etc/holdfast-key/private.key
ip address add "$(setting Address)" dev wg0
ip link set dev wg0 mtu "$(setting MTU)" up

keepalive=$(setting PersistentKeepalive)
: > "$received.before"
trap 'exit 0' TERM INT
while wg show wg0 transfer > "$received.now"; do
  awk '$1 == "PublicKey" { key = $3 } $1 == "Endpoint" { print key, $3 }' "$config" |
    while read -r key endpoint; do
      before=$(count "$key" "$received.before")
      now=$(count "$key" "$received.now")
      if [ "${before:-0}" = "${now:-0}" ]; then
        wg set wg0 peer "$key" endpoint "$endpoint" || echo "$endpoint: not found, trying again" >&2
      fi
    done
  mv "$received.now" "$received.before"
  sleep "$((3 * ${keepalive:-5}))" &
  wait "$!"
done
echo "wg0 does not answer" >&2
exit 1
