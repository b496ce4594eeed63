import { unknown } from "../fact.ts";
import type { AddressRecord, NameServer } from "../system.ts";
import type { Declarations, Declared } from "./declarations.ts";
import { orDefault, plain } from "./field.ts";
import type { Field } from "./field.ts";

const ZONE = "azure-native:dns:Zone";
const RECORD_SET = "azure-native:dns:RecordSet";
const PROFILE = "azure-native:trafficmanager:Profile";
const PUBLIC_ADDRESS = "azure-native:network:PublicIPAddress";
/** As the Zone of a site on Azure names its provider. */
const PROVIDER = "azure";

/**
 * Where a profile does not say (Microsoft Learn, Traffic Manager endpoint monitoring, 21 June 2023): a probe every 30 s, 3
 * failures tolerated, and a time-out of 10 s, or of 9 s where probes come every 10 s.
 */
const APPLIED = { interval: 30, tolerated: 3, timeout: 10, fastTimeout: 9 } as const;
/**
 * Of a profile that gives none (Microsoft Learn, Performance considerations for Traffic Manager, 27 January 2023), and of a
 * record set: no source was found for what Azure applies to one, and an hour errs on the side of a slow change.
 */
const APPLIED_TTL = { profile: 300, recordSet: 3600 } as const;

interface Answers {
  readonly targets: AddressRecord["targets"];
  readonly check: AddressRecord["check"];
  readonly ttl: number;
}

/** DNS zones in Azure, with their address records and those that lead to a Traffic Manager profile. */
export function observeAzureZones(
  declarations: Declarations,
  owners: ReadonlyMap<string, string>,
): readonly NameServer[] {
  return declarations.ofType(ZONE).map((zone): NameServer => {
    const name = plain(zone.inputs.get("zoneName")) ?? zone.name;
    const records = declarations
      .ofType(RECORD_SET, zone.site)
      .filter((set) => plain(set.inputs.get("zoneName")) === name)
      .flatMap((set) => recordOf(declarations, owners, set, name));
    const told = "the provider runs it and does not tell";
    return {
      site: zone.site,
      urn: zone.urn,
      runsOn: "provider",
      provider: PROVIDER,
      zone: name,
      replicas: unknown(told, zone.inputs.source),
      records,
      restart: { hangDetection: unknown(told), readiness: unknown(told), grace: unknown(told) },
    };
  });
}

function recordOf(
  declarations: Declarations,
  owners: ReadonlyMap<string, string>,
  set: Declared,
  zone: string,
): readonly AddressRecord[] {
  const { inputs } = set;
  const type = plain(inputs.get("recordType"))?.toUpperCase();
  const relative = plain(inputs.get("relativeRecordSetName"));
  const miss = (why: string): readonly AddressRecord[] => {
    declarations.miss(set, why);
    return [];
  };
  if (type === undefined || relative === undefined) return miss("its type or its name can't be read");
  const leadsOn = !inputs.get("targetResource").absent || !inputs.get("trafficManagementProfile").absent;
  if (type !== "A" && !(type === "CNAME" && leadsOn)) return [];
  const found = leadsOn ? behindProfile(declarations, owners, set) : plainAnswers(owners, inputs.get("aRecords"));
  if (typeof found === "string") return miss(found);
  const ttl = numberOr(inputs.get("ttl"), APPLIED_TTL.recordSet);
  return [
    {
      name: relative === "@" ? zone : `${relative}.${zone}`,
      // An alias of type CNAME always leads to the same profile: only the address behind it grows old. For type A nothing
      // published says which of the two TTLs is told, so the longer one is taken.
      ttl: type === "A" ? Math.max(ttl, found.ttl) : found.ttl,
      targets: found.targets,
      check: found.check,
      source: { urn: set.urn, path: leadsOn ? "targetResource" : "aRecords" },
    },
  ];
}

function plainAnswers(owners: ReadonlyMap<string, string>, records: Field): Answers | string {
  const items = records.items();
  if (items.length === 0) return "its addresses can't be read";
  const targets = items.map((item) => {
    const address = plain(item.get("ipv4Address")) ?? "";
    return { address, site: owners.get(address) ?? "", weight: 1 / items.length };
  });
  return { targets, check: undefined, ttl: 0 };
}

function behindProfile(
  declarations: Declarations,
  owners: ReadonlyMap<string, string>,
  set: Declared,
): Answers | string {
  const profile = profileOf(declarations, set);
  if (!profile) return "the resource that it leads to is no Traffic Manager profile that is declared in its stack";
  const { inputs } = profile;
  if (plain(inputs.get("profileStatus")) === "Disabled") return `${profile.name} is disabled and answers nothing`;
  const enabled = inputs
    .get("endpoints")
    .items()
    .filter((endpoint) => plain(endpoint.get("endpointStatus")) !== "Disabled");
  const shares = sharesOf(plain(inputs.get("trafficRoutingMethod")), enabled);
  if (typeof shares === "string") return `${profile.name}: ${shares}`;
  const targets = enabled.map((endpoint, index) => ({
    ...whose(declarations, owners, profile, endpoint.get("target")),
    weight: shares[index] ?? 0,
  }));
  // One endpoint that is served whatever its probes say stays when its site is dead.
  const always = enabled.some((endpoint) => plain(endpoint.get("alwaysServe")) === "Enabled");
  const ttl = numberOr(inputs.get("dnsConfig", "ttl"), APPLIED_TTL.profile);
  return { targets, ttl, check: always ? undefined : checkOf(inputs.get("monitorConfig")) };
}

/** By the dependency, or by the profile's name at the end of its id, where the source tells no dependencies. */
function profileOf(declarations: Declarations, set: Declared): Declared | undefined {
  const field = set.inputs.get("targetResource").absent ? "trafficManagementProfile" : "targetResource";
  const profiles = declarations.ofType(PROFILE, set.site);
  const id = plain(set.inputs.get(field, "id"));
  if (id !== undefined)
    return profiles.find(({ inputs }) => id.endsWith(`/trafficManagerProfiles/${plain(inputs.get("profileName"))}`));
  const dependencies = set.resource.propertyDependencies[field] ?? [];
  return profiles.find(({ urn }) => dependencies.includes(urn));
}

/** Each endpoint's share of the answers while all are alive; a text says why it can't be told. */
function sharesOf(method: string | undefined, endpoints: readonly Field[]): readonly number[] | string {
  switch (method) {
    case "Weighted": {
      const weights = endpoints.map((endpoint) => numberOr(endpoint.get("weight"), 1));
      const sum = weights.reduce((total, weight) => total + weight, 0);
      return sum > 0 ? weights.map((weight) => weight / sum) : "no endpoint has a weight";
    }
    case "Priority": {
      const priorities = endpoints.map((endpoint, index) => numberOr(endpoint.get("priority"), index + 1));
      const first = Math.min(...priorities);
      return endpoints.length > 0 ? priorities.map((priority) => (priority === first ? 1 : 0)) : "it has no endpoint";
    }
    default:
      return `which endpoint the routing method ${method ?? "(none)"} answers depends on the client`;
  }
}

/** An address that the first `up` makes belongs to the site whose stack makes it. */
function whose(
  declarations: Declarations,
  owners: ReadonlyMap<string, string>,
  profile: Declared,
  target: Field,
): { readonly address: string; readonly site: string } {
  const address = plain(target);
  if (address !== undefined) return { address, site: owners.get(address) ?? "" };
  const own = (profile.resource.propertyDependencies["endpoints"] ?? []).some(
    (urn) => declarations.byUrn(urn)?.type === PUBLIC_ADDRESS,
  );
  return { address: "", site: target.pending && own ? profile.site : "" };
}

/** `failures` counts the one that is not tolerated any more. */
function checkOf(config: Field): AddressRecord["check"] {
  const interval = numberOr(config.get("intervalInSeconds"), APPLIED.interval);
  const timeout = interval < APPLIED.interval ? APPLIED.fastTimeout : APPLIED.timeout;
  return {
    interval,
    timeout: numberOr(config.get("timeoutInSeconds"), timeout),
    failures: numberOr(config.get("toleratedNumberOfFailures"), APPLIED.tolerated) + 1,
  };
}

function numberOr(field: Field, applied: number): number {
  const fact = orDefault(field, field.number(), applied);
  return fact.state === "known" ? fact.value : applied;
}
