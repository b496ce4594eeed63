import { z } from "zod";
import type { RecordedResource } from "../../planner/harness.ts";
import { RefusedError } from "../../planner/site-run.ts";
import { reveal } from "../../planner/wire.ts";

const ZONE = "azure-native:dns:Zone";
const RECORD_SET = "azure-native:dns:RecordSet";
const PROFILE = "azure-native:trafficmanager:Profile";

/** A zone that a provider serves, in the format of a zone file. */
export interface ProviderZone {
  /** Such as `appserver.test`. */
  readonly zone: string;
  readonly file: string;
  /** Seconds between two probes of an endpoint. */
  readonly probedEvery: number;
}

const profileInputs = z.object({
  profileName: z.string(),
  profileStatus: z.literal("Enabled"),
  trafficRoutingMethod: z.literal("Weighted"),
  dnsConfig: z.object({ ttl: z.number() }),
  monitorConfig: z.object({
    protocol: z.literal("HTTPS"),
    port: z.number(),
    path: z.string(),
    intervalInSeconds: z.number(),
    timeoutInSeconds: z.number(),
    toleratedNumberOfFailures: z.literal(
      0,
      "one failed probe has to take an endpoint out, as the lab's name server does",
    ),
    customHeaders: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
  }),
  endpoints: z.array(
    z.object({
      target: z.ipv4(),
      weight: z.number(),
      alwaysServe: z.literal("Disabled"),
      endpointStatus: z.literal("Enabled"),
    }),
  ),
});

const recordInputs = z.object({
  zoneName: z.string(),
  relativeRecordSetName: z.string(),
  recordType: z.string(),
  ttl: z.number(),
  targetResource: z.object({ id: z.string() }).optional(),
  aRecords: z.array(z.object({ ipv4Address: z.string() })).optional(),
  aaaaRecords: z.array(z.object({ ipv6Address: z.string() })).optional(),
  cnameRecord: z.object({ cname: z.string() }).optional(),
  nsRecords: z.array(z.object({ nsdname: z.string() })).optional(),
  mxRecords: z.array(z.object({ preference: z.number(), exchange: z.string() })).optional(),
  srvRecords: z
    .array(z.object({ priority: z.number(), weight: z.number(), port: z.number(), target: z.string() }))
    .optional(),
  caaRecords: z.array(z.object({ flags: z.number(), tag: z.string(), value: z.string() })).optional(),
  txtRecords: z.array(z.object({ value: z.array(z.string()) })).optional(),
});
type RecordInputs = z.infer<typeof recordInputs>;
type ProfileInputs = z.infer<typeof profileInputs>;

const zoneOutputs = z.object({ zoneName: z.string(), nameServers: z.array(z.string()).min(1) });

const quoted = (text: string): string => JSON.stringify(text);

/** The answers of a profile: one of the endpoints that are alive, by chance; of all, when none is. */
function profileAnswer({ monitorConfig, endpoints }: ProfileInputs): string {
  const { port, path, timeoutInSeconds, customHeaders } = monitorConfig;
  const host = customHeaders.find(({ name }) => name === "Host")?.value ?? "endpoint.invalid";
  const addresses = endpoints.map(({ target }) => `'${target}'`).join(",");
  const url = `https://${host}:${port}${path}`;
  return `A "ifurlup('${url}', {{${addresses}}}, {selector='random', backupSelector='random', timeout=${timeoutInSeconds}})"`;
}

/** What a record set says, each record as its type and value. */
function contents(set: RecordInputs): readonly string[] {
  return [
    ...(set.aRecords ?? []).map(({ ipv4Address }) => `A ${ipv4Address}`),
    ...(set.aaaaRecords ?? []).map(({ ipv6Address }) => `AAAA ${ipv6Address}`),
    ...(set.cnameRecord === undefined ? [] : [`CNAME ${set.cnameRecord.cname}`]),
    ...(set.nsRecords ?? []).map(({ nsdname }) => `NS ${nsdname}`),
    ...(set.mxRecords ?? []).map(({ preference, exchange }) => `MX ${preference} ${exchange}`),
    ...(set.srvRecords ?? []).map(
      ({ priority, weight, port, target }) => `SRV ${priority} ${weight} ${port} ${target}`,
    ),
    ...(set.caaRecords ?? []).map(({ flags, tag, value }) => `CAA ${flags} ${tag} ${quoted(value)}`),
    ...(set.txtRecords ?? []).map(({ value }) => `TXT ${value.map(quoted).join(" ")}`),
  ];
}

/**
 * The zone that a site's resources declare at Azure's name servers, with the Traffic Manager profile that its hosts lead to.
 *
 * @returns undefined where they declare none
 * @throws RefusedError naming all that the lab's name server cannot answer as Azure's do
 */
export function providerZone(site: string, resources: readonly RecordedResource[]): ProviderZone | undefined {
  const of = (type: string): readonly RecordedResource[] => resources.filter((one) => one.type === type);
  const [declared] = of(ZONE);
  if (declared === undefined) return undefined;
  const wrong: string[] = [];
  const read = <T>(what: string, schema: z.ZodType<T>, value: unknown): T[] => {
    const { success, data, error } = schema.safeParse(value);
    if (success) return [data];
    wrong.push(...error.issues.map(({ path, message }) => `${[what, ...path].join(".")}: ${message}`));
    return [];
  };
  const [zone] = read("Zone", zoneOutputs, reveal(declared.wireOutputs));
  const profiles = of(PROFILE).flatMap(({ name, inputs }) => read(name, profileInputs, inputs));
  for (const { profileName, endpoints } of profiles)
    if (new Set(endpoints.map(({ weight }) => weight)).size > 1) wrong.push(`${profileName}: its weights differ`);
  const sets = of(RECORD_SET)
    .flatMap(({ name, inputs }) => read(name, recordInputs, inputs))
    .filter(({ zoneName }) => zoneName === zone?.zoneName);
  const lines = sets.flatMap((set) => {
    const start = `${set.relativeRecordSetName} ${set.ttl}`;
    const { targetResource } = set;
    if (targetResource === undefined) return contents(set).map((content) => `${start} ${content}`);
    const profile = profiles.find(({ profileName }) => targetResource.id.endsWith(`/${profileName}`));
    if (profile === undefined || set.recordType !== "A") {
      wrong.push(`${set.relativeRecordSetName}: it leads to no profile that was read`);
      return [];
    }
    // The longer of the two times, as the analysis takes it: nothing published says which one Azure tells.
    const ttl = Math.max(set.ttl, profile.dnsConfig.ttl);
    return [`${set.relativeRecordSetName} ${ttl} LUA ${profileAnswer(profile)}`];
  });
  if (wrong.length > 0 || zone === undefined)
    throw new RefusedError(
      `the lab cannot play Azure's name servers for ${site} (${wrong.join("; ")})\n  fix: drill a topology whose zone declares this`,
    );
  const [first = ""] = zone.nameServers;
  const head = [
    `$ORIGIN ${zone.zoneName}.`,
    // The times that Azure gives each new zone (Microsoft Learn, Azure DNS zones and records, 2025).
    `@ 3600 SOA ${first} azuredns-hostmaster.microsoft.com. 1 3600 300 2419200 300`,
    ...zone.nameServers.map((server) => `@ 172800 NS ${server}`),
  ];
  const probedEvery = Math.min(...profiles.map(({ monitorConfig }) => monitorConfig.intervalInSeconds));
  return {
    zone: zone.zoneName,
    file: `${[...head, ...lines].join("\n")}\n`,
    probedEvery: Number.isFinite(probedEvery) ? probedEvery : 30,
  };
}
