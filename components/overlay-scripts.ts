/** Where the gateway's containers find what they read; the tests' paths differ only in the prefix. */
export const CONFIG_DIRECTORY = "/etc/holdfast";
export const KEY_DIRECTORY = "/etc/holdfast-key";
export const KEY_FILE = "private.key";
export const INTERFACE = "wg0";

/**
 * What the `wireguard` container runs. The kernel's own WireGuard is used where the node has it (Linux 5.6 and later);
 * else `wireguard-go`, if the image has it. `wg` looks up a peer's name once only: a peer that has sent nothing during
 * three keep-alives is looked up again, so that a changed address heals by itself. When the interface no longer answers
 * the script ends, and the container restarts.
 */
export const WIREGUARD_SCRIPT = `#!/bin/sh
set -eu
config=${CONFIG_DIRECTORY}/wg0.conf
received=/run/received
export WG_ENDPOINT_RESOLUTION_RETRIES=1

setting() { sed -n "s/^$1 = //p" "$config" | head -n 1; }
count() { awk -v key="$1" '$1 == key { print $2 }' "$2"; }

# A container that was restarted finds the pod's network as it was left.
ip link delete dev ${INTERFACE} 2>/dev/null || true
if ! ip link add dev ${INTERFACE} type wireguard 2>/dev/null; then
  # Some builds refuse to run where a kernel might have a module; that there is none was just seen.
  WG_I_PREFER_BUGGY_USERSPACE_TO_POLISHED_KMOD=1 wireguard-go ${INTERFACE}
fi
grep -vE '^(Address|MTU|Endpoint) = ' "$config" > /run/wg0.setconf
wg setconf ${INTERFACE} /run/wg0.setconf
wg set ${INTERFACE} private-key ${KEY_DIRECTORY}/${KEY_FILE}
ip address add "$(setting Address)" dev ${INTERFACE}
ip link set dev ${INTERFACE} mtu "$(setting MTU)" up

keepalive=$(setting PersistentKeepalive)
: > "$received.before"
trap 'exit 0' TERM INT
while wg show ${INTERFACE} transfer > "$received.now"; do
  awk '$1 == "PublicKey" { key = $3 } $1 == "Endpoint" { print key, $3 }' "$config" |
    while read -r key endpoint; do
      before=$(count "$key" "$received.before")
      now=$(count "$key" "$received.now")
      if [ "\${before:-0}" = "\${now:-0}" ]; then
        wg set ${INTERFACE} peer "$key" endpoint "$endpoint" || echo "$endpoint: not found, trying again" >&2
      fi
    done
  mv "$received.now" "$received.before"
  sleep "$((3 * \${keepalive:-5}))" &
  wait "$!"
done
echo "${INTERFACE} does not answer" >&2
exit 1
`;

/**
 * What the `forward` container runs: HAProxy can't bind the tunnel's address before the interface has it. The kernel's
 * own table of addresses is asked, because the image has no tool for it.
 *
 * @param address the site's tunnel address
 */
export function forwardCommand(address: string): readonly string[] {
  const wait = `until grep -qwF ${address} /proc/net/fib_trie; do sleep 0.2; done`;
  return ["sh", "-c", `${wait}; exec haproxy -db -f ${CONFIG_DIRECTORY}/haproxy.cfg`];
}
