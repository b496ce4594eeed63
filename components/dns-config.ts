import type { Peer, SiteContext } from "./context.ts";
import { challengeZoneOf } from "./dns-names.ts";
import { challengeZoneFile, zoneFile } from "./dns-zone.ts";
import { ports } from "./ports.ts";
import { TSIG_KEY_NAME } from "./proxy-config.ts";

export const NAMESERVER = "nameserver";
/** Where the ConfigMap and the database of the running server are mounted. */
export const DNS_CONFIG_DIRECTORY = "/config";
export const DNS_DATA_DIRECTORY = "/data";
/** Of the image powerdns/pdns-auth-51. */
const SCHEMA = "/usr/local/share/doc/pdns/schema.sqlite3.sql";
/** Seconds without a question after which a check would stop, and the next visitor get unchecked addresses: a year. */
const CHECK_FOREVER = 31_536_000;

/** Settings of PowerDNS Authoritative Server 5.1 (read by 4.7 too, which the tests run). */
export function pdnsConf(context: SiteContext, withChallenges: boolean): string {
  const settings: readonly (readonly [string, string | number])[] = [
    // One backend for both zones: the file backend takes no updates, and two backends number their zones alike.
    ["launch", "gsqlite3"],
    ["gsqlite3-database", `${DNS_DATA_DIRECTORY}/zones.sqlite3`],
    ["local-address", "0.0.0.0"],
    ["local-port", ports.nameserver.dns],
    ["socket-dir", DNS_DATA_DIRECTORY],
    ["enable-lua-records", "yes"],
    ["lua-health-checks-interval", context.topology.dns.checkInterval],
    ["lua-health-checks-expire-delay", CHECK_FOREVER],
    // An answer is as old as the last check, never older.
    ["cache-ttl", 0],
    ["query-cache-ttl", 0],
    ["negquery-cache-ttl", 0],
    ["zone-cache-refresh-interval", 0],
    ["disable-axfr", "yes"],
    ["dnsupdate", withChallenges ? "yes" : "no"],
    // No address may update just so: the challenge zone's own metadata ask for the key.
    ["allow-dnsupdate-from", ""],
    ["webserver", "yes"],
    ["webserver-address", "0.0.0.0"],
    ["webserver-port", ports.nameserver.metrics],
    ["webserver-allow-from", "0.0.0.0/0"],
    ["api", "no"],
    ["version-string", "anonymous"],
    ["security-poll-suffix", ""],
    ["disable-syslog", "yes"],
    ["write-pid", "no"],
  ];
  return `${settings.map(([key, value]) => `${key}=${value}`).join("\n")}\n`;
}

/** The zones that a site's name server holds. */
export interface ServedZones {
  /** The platform's domain; where the provider's name servers serve it, only the challenges are left. */
  readonly domain: boolean;
  readonly challenges: boolean;
}

/** Fills the database anew at each start, from the files beside it; the TSIG secret comes from the environment. */
export function loadScript(domain: string, served: ServedZones): string {
  const challenges = challengeZoneOf(domain);
  const pdnsutil = `pdnsutil --config-dir=${DNS_CONFIG_DIRECTORY}`;
  return [
    "set -eu",
    `rm -f ${DNS_DATA_DIRECTORY}/zones.sqlite3`,
    `sqlite3 ${DNS_DATA_DIRECTORY}/zones.sqlite3 < "\${PDNS_SCHEMA:-${SCHEMA}}"`,
    ...(served.domain ? [`${pdnsutil} load-zone ${domain} ${DNS_CONFIG_DIRECTORY}/zone.db`] : []),
    ...(served.challenges
      ? [
          `${pdnsutil} load-zone ${challenges} ${DNS_CONFIG_DIRECTORY}/challenge.db`,
          `${pdnsutil} import-tsig-key ${TSIG_KEY_NAME} hmac-sha256 "$TSIG_SECRET"`,
          `${pdnsutil} set-meta ${challenges} ALLOW-DNSUPDATE-FROM 0.0.0.0/0 ::/0`,
          `${pdnsutil} set-meta ${challenges} TSIG-ALLOW-DNSUPDATE ${TSIG_KEY_NAME}`,
        ]
      : []),
    `${pdnsutil} check-all-zones`,
    "",
  ].join("\n");
}

/** The files of the name server's ConfigMap. */
export function dnsFiles(
  context: SiteContext,
  publicAddresses: readonly string[],
  peers: readonly Peer[],
  served: ServedZones,
): Readonly<Record<string, string>> {
  return {
    "pdns.conf": pdnsConf(context, served.challenges),
    ...(served.domain ? { "zone.db": zoneFile(context, publicAddresses, peers) } : {}),
    "load.sh": loadScript(context.platform.domain, served),
    ...(served.challenges ? { "challenge.db": challengeZoneFile(context) } : {}),
  };
}
