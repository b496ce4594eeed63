import { valueOf } from "../fact.ts";
import type { Fact, Source } from "../fact.ts";
import type { Declarations, Declared } from "./declarations.ts";
import { parseHaproxy, parseWireguard } from "./gateway-files.ts";
import type { Forward, WireguardFile } from "./gateway-files.ts";
import { configFiles, podSpecOf } from "./mounts.ts";

/** A workload that keeps a WireGuard tunnel and passes connections on. */
export interface Gateway {
  readonly site: string;
  readonly workload: Declared;
  readonly tunnel: Fact<WireguardFile>;
  readonly tunnelSource: Source;
  readonly forwards: Fact<readonly Forward[]>;
  readonly forwardsSource: Source;
}

/** The gateways of all sites: workloads that mount a WireGuard configuration. */
export function findGateways(declarations: Declarations): readonly Gateway[] {
  const gateways: Gateway[] = [];
  for (const workload of ["apps/Deployment", "apps/StatefulSet", "apps/DaemonSet"].flatMap((kind) =>
    declarations.ofKind(kind),
  )) {
    const files = configFiles(declarations, workload, podSpecOf(workload));
    const tunnel = files.find(({ name }) => /^wg\d*\.conf$/.test(name));
    if (!tunnel) continue;
    const forwards = files.find(({ name }) => name === "haproxy.cfg");
    gateways.push({
      site: workload.site,
      workload,
      tunnel: tunnel.content.read("WireGuard's configuration", (text) =>
        typeof text === "string" ? parseWireguard(text) : undefined,
      ),
      tunnelSource: tunnel.content.source,
      forwards: forwards
        ? forwards.content.read("HAProxy's configuration", (text) =>
            typeof text === "string" ? parseHaproxy(text) : undefined,
          )
        : { state: "unknown", why: "the gateway mounts no haproxy.cfg", source: { urn: workload.urn, path: "" } },
      forwardsSource: forwards?.content.source ?? { urn: workload.urn, path: "" },
    });
  }
  for (const { tunnel, workload } of gateways) {
    if (tunnel.state !== "known") declarations.miss(workload, `the tunnel can't be read: ${tunnel.why}`);
  }
  return gateways;
}

/** The gateway that has an address in the tunnel's network. */
export function gatewayAt(gateways: readonly Gateway[], address: string): Gateway | undefined {
  return gateways.find(({ tunnel }) => valueOf(tunnel)?.addresses.includes(address));
}
