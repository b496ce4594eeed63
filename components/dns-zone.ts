import { createHash } from "node:crypto";
import { hasOtherSites } from "./context.ts";
import type { Peer, SiteContext } from "./context.ts";
import { CHALLENGE_ALIAS, challengeZoneOf } from "./dns-names.ts";
import { recordLine } from "./dns-records.ts";
import { namespaces } from "./names.ts";
import { HEALTH_PATH, publicHosts } from "./proxy-config.ts";

/** Seconds that name servers and aliases may be cached: they change with a site, not with a fault. */
export const STABLE_TTL = 3600;

interface SiteAddresses {
  readonly site: string;
  readonly addresses: readonly string[];
  readonly nameServer: string | undefined;
  /** The name servers that serve the domain for the site: its own, or its provider's. */
  readonly authorities: readonly string[];
  /** Host at which the other sites' gateways find this one. */
  readonly gateway: string | undefined;
}

/** Does this site's name server hold the challenge zone? The keyring's does: docs of `challengeServer` say why. */
export const holdsChallenges = (context: SiteContext): boolean => context.topology.keyring === context.site;

/**
 * The zone file of the platform's domain, as this site's name server serves it. Every site's server is authoritative by
 * itself and transfers nothing, so the serial only has to differ when the content does: it is a hash of it. What a peer
 * has not told yet is left out.
 *
 * Each host's addresses are those of all live sites, in random order [S1.1]; when no check succeeds, of all sites, because
 * then the checker is what is broken.
 *
 * @param publicAddresses where this site's visitors come in
 */
export function zoneFile(context: SiteContext, publicAddresses: readonly string[], peers: readonly Peer[]): string {
  const { domain, contact } = context.platform;
  const { ttl } = context.topology.dns;
  const sites = sitesOf(context, publicAddresses, peers);
  const absolute = (host: string): string => `${host}.`;
  const records = [
    ...sites.flatMap(({ authorities }) => authorities.map((host) => `@ ${STABLE_TTL} IN NS ${absolute(host)}`)),
    ...fixedRecords(domain, sites),
    ...challengeRecords(context, sites),
    ...context.platform.records.map(recordLine),
    ...publicHosts(context.platform).flatMap((host) =>
      addressRecords(context, sites).map((record) => `${absolute(host)} ${ttl} IN ${record}`),
    ),
  ];
  const soa = startOfAuthority(context.facts.nameServer, contact, ttl, records);
  return [`$ORIGIN ${absolute(domain)}`, `$TTL ${ttl}`, soa, ...records, ""].join("\n");
}

/** The challenge zone as it begins: empty. cert-manager adds and removes what it needs. */
export function challengeZoneFile(context: SiteContext): string {
  const { domain, contact } = context.platform;
  const { nameServer } = context.facts;
  const records = [`@ ${STABLE_TTL} IN NS ${nameServer}.`];
  return [
    `$ORIGIN ${challengeZoneOf(domain)}.`,
    `$TTL ${STABLE_TTL}`,
    // A name that is not there yet is asked for again soon: the certification authority waits for it.
    startOfAuthority(nameServer, contact, 5, records),
    ...records,
    "",
  ].join("\n");
}

function sitesOf(
  context: SiteContext,
  publicAddresses: readonly string[],
  peers: readonly Peer[],
): readonly SiteAddresses[] {
  return context.topology.sites.flatMap(({ name }): readonly SiteAddresses[] => {
    if (name === context.site) {
      const { nameServer, overlayEndpoint } = context.facts;
      const authorities = [nameServer];
      // Where there is no tunnel, nobody looks for its end.
      const gateway = hasOtherSites(context) ? hostPart(overlayEndpoint) : undefined;
      return [{ site: name, addresses: publicAddresses, nameServer, authorities, gateway }];
    }
    const peer = peers.find(({ site }) => site === name);
    if (peer?.publicAddresses === undefined) return [];
    const { publicAddresses: addresses, nameServer, overlayEndpoint } = peer;
    // Stacks of version 0.1.0 tell one name server, which serves the domain.
    const { authorities = nameServer === undefined ? [] : [nameServer] } = peer;
    return [{ site: name, addresses, nameServer, authorities, gateway: hostPart(overlayEndpoint) }];
  });
}

/** Addresses of the sites' own hosts, as far as they are names of this zone: a name server's is the delegation's glue. */
function fixedRecords(domain: string, sites: readonly SiteAddresses[]): readonly string[] {
  return sites.flatMap(({ addresses, nameServer, gateway }) =>
    [...new Set([nameServer, gateway])].flatMap((host) =>
      host !== undefined && isWithin(host, domain)
        ? addresses.map((address) => `${host}. ${STABLE_TTL} IN A ${address}`)
        : [],
    ),
  );
}

export const hostPart = (endpoint: string | undefined): string | undefined => endpoint?.split(":")[0];

/** The delegation of the challenge zone, and an alias into it for each host: `_acme-challenge.<host>`. */
function challengeRecords(context: SiteContext, sites: readonly SiteAddresses[]): readonly string[] {
  const { domain } = context.platform;
  const holder = sites.find(({ site }) => site === context.topology.keyring)?.nameServer;
  if (holder === undefined) return [];
  return [
    `${challengeZoneOf(domain)}. ${STABLE_TTL} IN NS ${holder}.`,
    ...publicHosts(context.platform).map(
      (host) => `${CHALLENGE_ALIAS}.${host}. ${STABLE_TTL} IN CNAME ${host}.${challengeZoneOf(domain)}.`,
    ),
  ];
}

/** Type and content of a host's address records: one checked LUA record, or one A record for each address. */
function addressRecords(context: SiteContext, sites: readonly SiteAddresses[]): readonly string[] {
  const { mode, checkInterval, checkTimeout } = context.topology.dns;
  const addresses = sites.flatMap((site) => site.addresses.map((address) => ({ site, address })));
  switch (mode) {
    case "static":
      return addresses.map(({ address }) => `A ${address}`);
    case "checked": {
      const checks = addresses.map(({ site, address }) => `['${address}']='${checkUrl(context, site, address)}'`);
      const options = [
        "selector='all'",
        "backupSelector='all'",
        `interval='${checkInterval}'`,
        `timeout='${checkTimeout}'`,
        // A site that is left out by mistake costs nothing while the other answers; a dead one that stays costs visitors.
        "minimumFailures='1'",
        "stringmatch='OK'",
      ];
      // One string however long: PowerDNS puts a blank between several (4.7), which breaks the script.
      return [`LUA A "ifurlextup({{${checks.join(", ")}}}, {${options.join(", ")}})"`];
    }
    default: {
      const never: never = mode;
      throw new Error(`dns mode ${String(never)}`);
    }
  }
}

/**
 * What is asked to learn whether an address is alive. The certificate is not looked at (PowerDNS has no such option), so
 * an expired one takes no site out of the answers.
 *
 * A site's own single address is checked through the Service in the cluster: many networks do not lead a request for
 * one's own public address back in, and the name server would take its own site for dead. With several addresses each
 * has to be asked for itself, to notice that one server of many is gone: there the network must lead them back.
 */
function checkUrl(context: SiteContext, { site, addresses }: SiteAddresses, address: string): string {
  const inCluster = site === context.site && addresses.length === 1;
  return `https://${inCluster ? `proxy.${namespaces.platform}.svc.cluster.local` : address}${HEALTH_PATH}`;
}

function startOfAuthority(
  nameServer: string,
  contact: string,
  negativeTtl: number,
  records: readonly string[],
): string {
  const [user = "", host = ""] = contact.split("@");
  const mailbox = `${user.replaceAll(".", "\\.")}.${host}.`;
  const rest = `3600 600 604800 ${negativeTtl}`;
  // 31 bits: serials are compared by sequence arithmetic, and some tools take them for signed numbers.
  const digest = createHash("sha256")
    .update([mailbox, rest, ...records].join("\n"))
    .digest();
  return `@ ${STABLE_TTL} IN SOA ${nameServer}. ${mailbox} ${digest.readUInt32BE(0) >>> 1} ${rest}`;
}

export const isWithin = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`);
