import { createHash } from "node:crypto";
import type { RecordSetArgs } from "@pulumi/azure-native/dns/recordSet";
import type { ProfileArgs } from "@pulumi/azure-native/trafficmanager/profile";
import type * as pulumi from "@pulumi/pulumi";
import { InputError } from "../config/problem.ts";
import type { RecordConfig } from "../config/record-schema.ts";
import { hasOtherSites } from "./context.ts";
import type { Peer, SiteContext } from "./context.ts";
import { CHALLENGE_ALIAS, challengeZoneOf } from "./dns-names.ts";
import { textsOf } from "./dns-records.ts";
import { holdsChallenges, hostPart, isWithin, STABLE_TTL } from "./dns-zone.ts";
import { HEALTH_PATH, publicHosts } from "./proxy-config.ts";

/**
 * What Traffic Manager allows and how it counts (Microsoft Learn, Traffic Manager endpoint monitoring, 21 June 2023; TTLs:
 * Traffic Manager FAQ, 26 February 2019): a probe every 30 s or, for a surcharge, every 10 s, and then a time-out of 5 to
 * 9 s; 0 to 9 tolerated failures, where 0 takes an endpoint out at its first failed probe. TTLs from 0 s on. It does not
 * look at the certificate's validity, and takes only 200 for healthy unless it is told other codes.
 */
const FAST_PROBE = { intervalInSeconds: 10, timeoutInSeconds: 5, toleratedNumberOfFailures: 0 } as const;
/** Weights are 1 to 1000 (learn.microsoft.com, Traffic Manager routing methods); a site's addresses share its weight. */
const SITE_WEIGHT = 1000;
/** Alias record sets that may lead to one resource (Microsoft Learn, Azure DNS alias records overview, 23 April 2021). */
const MOST_ALIASES = 20;
/** Not a place: both services are the same everywhere. */
export const EVERYWHERE = "global";
/** Name of the profile within its resource group. */
export const PROFILE = "holdfast";

/** A record set, but for the zone that it is in. */
export interface RecordSetPlan extends Omit<RecordSetArgs, "resourceGroupName" | "zoneName"> {
  readonly recordType: RecordConfig["type"] | "NS";
  readonly relativeRecordSetName: string;
  readonly ttl: number;
}

/**
 * All record sets but those of the public hosts, which lead to the Traffic Manager profile: the sites' own hosts, the way
 * to the challenge zone, and the records of the config.
 *
 * @param address this site's public address
 */
export function recordSets(
  context: SiteContext,
  peers: readonly Peer[],
  address: pulumi.Input<string>,
): readonly RecordSetPlan[] {
  const { domain, records } = context.platform;
  return [...siteHosts(context, peers, address), ...challengeSets(context, peers), ...configured(domain, records)];
}

/** Hosts of the sites that are names of this zone, as in the zone file of a site's own name server. */
function siteHosts(
  context: SiteContext,
  peers: readonly Peer[],
  address: pulumi.Input<string>,
): readonly RecordSetPlan[] {
  const { facts, platform } = context;
  const own = [
    ...(holdsChallenges(context) ? [facts.nameServer] : []),
    ...(hasOtherSites(context) ? [hostPart(facts.overlayEndpoint)] : []),
  ];
  const hosts = [
    ...own.map((host) => ({ host, addresses: [address] })),
    ...peers.flatMap(({ nameServer, overlayEndpoint, publicAddresses = [] }) =>
      publicAddresses.length === 0
        ? []
        : [nameServer, hostPart(overlayEndpoint)].map((host) => ({ host, addresses: publicAddresses })),
    ),
  ];
  const first = new Map(
    hosts.toReversed().flatMap(({ host, addresses }) => (host ? [[host, addresses] as const] : [])),
  );
  return [...first]
    .toReversed()
    .filter(([host]) => isWithin(host, platform.domain))
    .map(([host, addresses]) => ({
      recordType: "A",
      relativeRecordSetName: relativeName(host, platform.domain),
      ttl: STABLE_TTL,
      aRecords: addresses.map((ipv4Address) => ({ ipv4Address })),
    }));
}

function challengeSets(context: SiteContext, peers: readonly Peer[]): readonly RecordSetPlan[] {
  const { domain } = context.platform;
  const holder = holdsChallenges(context)
    ? context.facts.nameServer
    : peers.find(({ site }) => site === context.topology.keyring)?.nameServer;
  if (holder === undefined) return [];
  const common = { ttl: STABLE_TTL };
  return [
    {
      ...common,
      recordType: "NS",
      relativeRecordSetName: relativeName(challengeZoneOf(domain), domain),
      nsRecords: [{ nsdname: `${holder}.` }],
    },
    ...publicHosts(context.platform).map((host): RecordSetPlan => ({
      ...common,
      recordType: "CNAME",
      relativeRecordSetName: relativeName(`${CHALLENGE_ALIAS}.${host}`, domain),
      cnameRecord: { cname: `${host}.${challengeZoneOf(domain)}.` },
    })),
  ];
}

/** Records of one name and type are one set there, and have one TTL: the shortest that was asked for. */
function configured(domain: string, records: readonly RecordConfig[]): readonly RecordSetPlan[] {
  const sets = new Map<string, RecordConfig[]>();
  for (const record of records) {
    const key = `${record.type} ${record.name}`;
    sets.set(key, [...(sets.get(key) ?? []), record]);
  }
  return [...sets.values()].flatMap((set): readonly RecordSetPlan[] => {
    const [first] = set;
    if (!first) return [];
    return [
      {
        recordType: first.type,
        relativeRecordSetName: relativeName(first.name, domain),
        ttl: Math.min(...set.map(({ ttlSeconds }) => ttlSeconds)),
        ...contents(first.type, set),
      },
    ];
  });
}

type Contents = Pick<RecordSetArgs, Extract<keyof RecordSetArgs, `${string}Record` | `${string}Records`>>;

/** The schema of the records has checked what each value is made of. */
function contents(type: RecordConfig["type"], set: readonly RecordConfig[]): Contents {
  const values = set.map(({ value }) => value);
  const words = values.map((value) => value.split(" "));
  switch (type) {
    case "A":
      return { aRecords: values.map((ipv4Address) => ({ ipv4Address })) };
    case "AAAA":
      return { aaaaRecords: values.map((ipv6Address) => ({ ipv6Address })) };
    case "CNAME":
      return { cnameRecord: { cname: values[0] } };
    case "MX":
      return { mxRecords: words.map(([preference, exchange]) => ({ preference: Number(preference), exchange })) };
    case "SRV":
      return {
        srvRecords: words.map(([priority, weight, port, target]) => ({
          priority: Number(priority),
          weight: Number(weight),
          port: Number(port),
          target,
        })),
      };
    case "CAA":
      return {
        caaRecords: words.map(([flags, tag, value = ""]) => ({
          flags: Number(flags),
          tag,
          value: value.replaceAll('"', ""),
        })),
      };
    case "TXT":
      return { txtRecords: values.map((value) => ({ value: [...textsOf(value)] })) };
    default: {
      const never: never = type;
      throw new Error(`record type ${String(never)}`);
    }
  }
}

/**
 * The profile that answers with the sites whose proxy is alive, each as often as the others [S1.1]; when none is, with all
 * of them. Endpoints are external and addresses, since an alias record set of type A, which the domain itself needs, may
 * lead to no others (learn.microsoft.com, Azure DNS alias records overview).
 *
 * The proxies answer the health path on any host; the name in the header only keeps probes apart from visitors in logs.
 */
export function profile(
  context: SiteContext,
  peers: readonly Peer[],
  address: pulumi.Input<string>,
): Omit<ProfileArgs, "resourceGroupName"> {
  const { topology, site, platform } = context;
  const sites = topology.sites.flatMap(({ name }): readonly (readonly [string, readonly pulumi.Input<string>[]])[] => {
    if (name === site) return [[name, [address]]];
    const addresses = peers.find((peer) => peer.site === name)?.publicAddresses ?? [];
    return addresses.length === 0 ? [] : [[name, addresses]];
  });
  return {
    profileName: PROFILE,
    location: EVERYWHERE,
    profileStatus: "Enabled",
    trafficRoutingMethod: "Weighted",
    dnsConfig: { relativeName: profileLabel(platform.domain), ttl: topology.dns.ttl },
    monitorConfig: {
      protocol: "HTTPS",
      port: 443,
      path: HEALTH_PATH,
      ...FAST_PROBE,
      customHeaders: [{ name: "Host", value: platform.domain }],
    },
    endpoints: sites.flatMap(([name, addresses]) =>
      addresses.map((target, index) => ({
        name: `${name}-${index + 1}`,
        type: "Microsoft.Network/trafficManagerProfiles/externalEndpoints",
        target,
        weight: Math.round(SITE_WEIGHT / addresses.length),
        // Checked, not served regardless; said, because it decides whether a dead site goes.
        alwaysServe: topology.dns.mode === "static" ? "Enabled" : "Disabled",
        endpointStatus: "Enabled",
      })),
    ),
  };
}

/** Unique below trafficmanager.net: a digest keeps domains apart that differ in a dot or a hyphen, or are cut off. */
function profileLabel(domain: string): string {
  const digest = createHash("sha256").update(domain).digest("hex").slice(0, 8);
  return `${domain.replaceAll(".", "-").slice(0, 50)}-${digest}`;
}

/**
 * The hosts that visitors resolve, each an alias to the profile.
 *
 * @throws InputError if there are more than may lead to one profile
 */
export function aliasHosts(platform: SiteContext["platform"]): readonly string[] {
  const hosts = publicHosts(platform);
  if (hosts.length > MOST_ALIASES)
    throw new InputError("Public hosts", [
      {
        offender: "holdfast:services[].host",
        rule: `at most ${MOST_ALIASES} different hosts where Azure DNS serves the domain`,
        reason: "so many alias record sets may lead to one Traffic Manager profile",
        value: String(hosts.length),
        fix: "put services behind paths of one host",
      },
    ]);
  return hosts;
}

/** A name as Azure DNS writes it within its zone. */
export function relativeName(host: string, domain: string): string {
  return host === domain ? "@" : host.slice(0, -domain.length - 1);
}
