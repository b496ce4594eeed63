import { CHALLENGE_ALIAS, challengeZoneOf } from "../components/dns-names.ts";
import { hostOf } from "../components/routes.ts";
import type { Problem } from "./problem.ts";
import type { RecordConfig } from "./record-schema.ts";
import type { PlatformConfig, SiteConfig } from "./schema.ts";
import { isWithin } from "./service-checks.ts";
import { show } from "./zod-problems.ts";

/** Whose certificates the platform asks for. */
const AUTHORITY = "letsencrypt.org";

type Zone = Pick<PlatformConfig, "domain" | "services" | "records">;
interface Fault {
  /** Index in `records`. */
  readonly index: number;
  readonly key: keyof RecordConfig;
  readonly rule: string;
  readonly reason?: string;
  readonly fix: string;
}

/**
 * What is wrong with the records beside each other, and beside those that Holdfast serves. PowerDNS does not start with a
 * zone in which it finds a fault (`pdnsutil check-all-zones`, 4.7).
 *
 * @param hosts names of the sites' own hosts: name servers and gateways
 */
export function recordChecks(zone: Zone, hosts: readonly string[]): readonly Problem[] {
  const faults = zone.records.flatMap((record, index): readonly Fault[] => [
    ...(isWithin(record.name, zone.domain)
      ? []
      : [{ index, key: "name" as const, rule: `a name within ${zone.domain}`, fix: `end it in .${zone.domain}` }]),
    ...beside(zone, record, index),
    ...challenges(zone, record, index),
  ]);
  return [...faults.map((fault) => problemOf(zone, fault)), ...hostClashes(zone, hosts), ...authorities(zone)];
}

/** Records that take the address of a host that Holdfast serves. */
export function hostClashes(zone: Zone, hosts: readonly string[]): readonly Problem[] {
  const served = new Set([...publicHosts(zone), ...hosts]);
  return zone.records.flatMap(({ name, type }, index) =>
    served.has(name) && (type === "A" || type === "AAAA" || type === "CNAME")
      ? [
          problemOf(zone, {
            index,
            key: "name",
            rule: "a name whose addresses Holdfast does not serve",
            reason: "visitors would be led past its name servers' checks",
            fix: "take the record away, or give it another name",
          }),
        ]
      : [],
  );
}

/** Hosts of a site that stand in the zone themselves. */
export function platformHosts({
  nameServer,
  overlayEndpoint,
}: Partial<Pick<SiteConfig, "nameServer" | "overlayEndpoint">>): readonly string[] {
  return [nameServer, overlayEndpoint?.split(":")[0]].filter((host) => host !== undefined);
}

const publicHosts = (zone: Zone): readonly string[] => [
  ...new Set(zone.services.map((service) => hostOf(zone, service))),
];

function problemOf({ records }: Zone, { index, key, ...rest }: Fault): Problem {
  return { offender: `holdfast:records[${index}].${key}`, value: show(records[index]?.[key]), ...rest };
}

function beside({ domain, records }: Zone, record: RecordConfig, index: number): readonly Fault[] {
  const same = records.filter(({ name }, at) => name === record.name && at < index);
  const ofType = same.filter(({ type }) => type === record.type);
  const alone = record.type === "CNAME" ? same.length > 0 : same.some(({ type }) => type === "CNAME");
  const faults: Fault[] = [];
  if (record.type === "CNAME" && record.name === domain)
    faults.push({
      index,
      key: "type",
      rule: `no CNAME at ${domain} itself`,
      reason: "the zone's own SOA and NS records stand there, and an alias stands alone (RFC 1034, section 3.6.2)",
      fix: "write A records",
    });
  if (alone)
    faults.push({
      index,
      key: "type",
      rule: "no other record beside a CNAME",
      reason: "an alias stands alone (RFC 1034, section 3.6.2)",
      fix: "take one of the two away",
    });
  else if (ofType.some(({ value }) => canonical(value) === canonical(record.value)))
    faults.push({ index, key: "value", rule: "a record that is not there yet", fix: "take one of the two away" });
  else if (ofType.some(({ ttlSeconds }) => ttlSeconds !== record.ttlSeconds))
    faults.push({
      index,
      key: "ttlSeconds",
      rule: `the ttlSeconds of the other ${record.type} records of ${record.name}`,
      reason: "they are answered together (RFC 2181, section 5.2)",
      fix: `write ${ofType[0]?.ttlSeconds}`,
    });
  return faults;
}

const canonical = (value: string): string => value.toLowerCase().replace(/\.$/, "");

function challenges(zone: Zone, { name }: RecordConfig, index: number): readonly Fault[] {
  const held =
    isWithin(name, challengeZoneOf(zone.domain)) ||
    publicHosts(zone).some((host) => name === `${CHALLENGE_ALIAS}.${host}`);
  if (!held) return [];
  const rule = "a name that certificates' challenges do not use";
  return [{ index, key: "name", rule, fix: "take the record away, or give it another name" }];
}

/** Of a host, the nearest name upwards that has CAA records decides who may issue certificates for it (RFC 8659). */
function authorities(zone: Zone): readonly Problem[] {
  const issuers = zone.records.flatMap(({ name, type, value }, index) =>
    type === "CAA" ? [{ name, index, tag: value.split(" ")[1], issuer: /"([^";]*)/.exec(value)?.[1] }] : [],
  );
  const deciding = publicHosts(zone).map((host) => {
    const [name] = issuers
      .map((each) => each.name)
      .filter((each) => isWithin(host, each))
      .sort(byLength);
    return issuers.filter((each) => each.name === name && each.tag === "issue");
  });
  const refusing = deciding.filter((set) => set.length > 0 && !set.some(({ issuer }) => issuer === AUTHORITY));
  return [...new Set(refusing.flatMap(([first]) => (first ? [first.index] : [])))].map((index) =>
    problemOf(zone, {
      index,
      key: "value",
      rule: `a CAA record that lets ${AUTHORITY} issue, beside or instead of this one`,
      reason: "the platform's certificates come from there",
      fix: `add { name: ${zone.records[index]?.name}, type: CAA, value: '0 issue "${AUTHORITY}"' }`,
    }),
  );
}

const byLength = (a: string, b: string): number => b.length - a.length;
