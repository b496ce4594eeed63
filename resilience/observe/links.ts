import { known, mapFact, valueOf } from "../fact.ts";
import type { Link } from "../system.ts";
import type { Declarations } from "./declarations.ts";
import { plain } from "./field.ts";
import { inRange } from "./gateway-files.ts";
import { mayEnter } from "./isolation.ts";
import { gatewayAt } from "./gateways.ts";
import type { Gateway } from "./gateways.ts";
import type { Hosts } from "./hosts.ts";
import { podSpecOf } from "./mounts.ts";
import { zoneOf } from "./zones.ts";
import { replicasOf, restartOf } from "./probes.ts";

/** The tunnel from each gateway to each of its peers whose site was read. */
export function observeLinks(declarations: Declarations, hosts: Hosts): readonly Link[] {
  return hosts.gateways.flatMap((gateway) => {
    const { tunnel, workload, tunnelSource } = gateway;
    if (tunnel.state !== "known") return [];
    return tunnel.value.peers.flatMap((peer): readonly Link[] => {
      const remote = remoteOf(hosts.gateways, gateway, peer.allowedIps);
      if (!remote) {
        declarations.miss(
          workload,
          `its peer ${peer.endpoint ?? peer.allowedIps.join(", ")} is the gateway of no site that was read`,
        );
        return [];
      }
      return [
        {
          from: gateway.site,
          to: remote.site,
          urn: workload.urn,
          // WireGuard carries nothing that is not encrypted to the peer's key.
          encrypted:
            peer.publicKey === undefined
              ? { state: "unknown", why: "the peer has no public key", source: tunnelSource }
              : known(true, tunnelSource),
          gateways: replicasOf(workload),
          carries: carriedBy(declarations, hosts, gateway, remote.site),
          keepalive: mapFact(tunnel, () => peer.keepalive),
          restart: restartOf(podSpecOf(workload)),
        },
      ];
    });
  });
}

/** The other gateway whose tunnel address the peer is allowed to use. */
function remoteOf(gateways: readonly Gateway[], own: Gateway, ranges: readonly string[]): Gateway | undefined {
  const exact = ranges
    .flatMap((range) => gatewayAt(gateways, range.split("/")[0] ?? "") ?? [])
    .find((gateway) => gateway !== own);
  return (
    exact ??
    gateways.find(
      (gateway) =>
        gateway !== own &&
        (valueOf(gateway.tunnel)?.addresses ?? []).some((address) => ranges.some((range) => inRange(address, range))),
    )
  );
}

/** Names by which this site's pods reach something at the other one. */
function carriedBy(declarations: Declarations, hosts: Hosts, gateway: Gateway, to: string): Link["carries"] {
  const enforced = zoneOf(declarations, gateway.site).inputs.get("networkPoliciesEnforced").value === true;
  return declarations.ofKind("/Service", gateway.site).flatMap((service) => {
    // The alias in the pods' namespace stands for the Service beside the gateway.
    if (plain(service.inputs.get("spec", "type")) !== "ExternalName") return [];
    const { target, tunnelPort } = hosts.resolve(gateway.site, service.namespace, service.name);
    if (target.state !== "known" || target.value.site !== to || tunnelPort === undefined) return [];
    const closed = enforced && !mayEnter(declarations, gateway, tunnelPort);
    return closed ? [] : [{ service: service.name, urn: service.urn }];
  });
}
