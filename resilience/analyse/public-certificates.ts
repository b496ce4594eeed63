import type { Reason } from "../outcome.ts";
import type { System } from "../system.ts";

/**
 * Sites whose proxy serves public hosts while no certificate for them is declared there. Traefik then answers with one
 * that it signs itself, which browsers refuse; that somebody put one there by hand can't be seen, so it is not known.
 */
export function withoutPublicCertificate(system: System): readonly Reason[] {
  return system.proxies.flatMap(({ site, urn, routes }): Reason[] => {
    const served = routes.filter(({ entry, hosts }) => entry === "public" && hosts.length > 0);
    const declared = system.certificates.some(
      (certificate) => certificate.site === site && certificate.purpose === "public",
    );
    if (served.length === 0 || declared) return [];
    const hosts = [...new Set(served.flatMap((route) => route.hosts))].sort();
    return [
      {
        text: `no public certificate for ${hosts.join(", ")} is declared at ${site}: if nobody made one by hand, the proxy there answers with its own self-signed default, which browsers refuse`,
        urns: [urn],
      },
    ];
  });
}
