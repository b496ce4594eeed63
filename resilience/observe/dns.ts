import { valueOf } from "../fact.ts";
import type { AddressRecord, NameServer, Site } from "../system.ts";
import type { Declarations, Declared } from "./declarations.ts";
import { observeAzureZones } from "./dns-azure.ts";
import { plain } from "./field.ts";
import { parseLuaCall } from "./lua.ts";
import type { LuaTable, LuaValue } from "./lua.ts";
import { configFiles, podSpecOf } from "./mounts.ts";
import type { ConfigFile } from "./mounts.ts";
import { replicasOf, restartOf } from "./probes.ts";
import { parseZoneFile } from "./zone-file.ts";
import type { ZoneRecord } from "./zone-file.ts";

/** Where neither the record nor pdns.conf says: PowerDNS Authoritative Server 5.1, documentation of Lua records. Seconds, counts. */
const APPLIED = { interval: 5, timeout: 2, failures: 1 } as const;

/** A record's addresses, and how they are checked, before they are known to belong to a site. */
interface Answers {
  readonly addresses: readonly { readonly address: string; readonly weight: number }[];
  readonly check: AddressRecord["check"];
}

/** Workloads that mount a zone file with addresses, and zones that a provider serves. */
export function observeNameServers(declarations: Declarations, sites: readonly Site[]): readonly NameServer[] {
  const owners = new Map(
    sites.flatMap((site) => (valueOf(site.publicAddresses) ?? []).map((address) => [address, site.name] as const)),
  );
  return [...ownNameServers(declarations, owners), ...observeAzureZones(declarations, owners)];
}

function ownNameServers(declarations: Declarations, owners: ReadonlyMap<string, string>): readonly NameServer[] {
  return ["apps/Deployment", "apps/StatefulSet", "apps/DaemonSet"]
    .flatMap((kind) => declarations.ofKind(kind))
    .flatMap((workload) => {
      const files = configFiles(declarations, workload, podSpecOf(workload));
      const settings = settingsOf(files);
      return files
        .filter(({ name }) => /\.(db|zone)$/.test(name))
        .flatMap((file) => zoneOfFile(declarations, owners, workload, file, settings));
    });
}

function zoneOfFile(
  declarations: Declarations,
  owners: ReadonlyMap<string, string>,
  workload: Declared,
  file: ConfigFile,
  settings: ReadonlyMap<string, string>,
): readonly NameServer[] {
  const { content, configMap } = file;
  const text = plain(content);
  if (text === undefined) {
    declarations.miss(
      configMap,
      `${content.path} can't be read: ${content.pending ? "it is known only after an up" : "it is no text"}`,
    );
    return [];
  }
  const { zone, records, unread } = parseZoneFile(text);
  for (const { line, why } of unread) declarations.miss(configMap, `${content.path} line ${line}: ${why}`);
  const groups = new Map<string, ZoneRecord[]>();
  for (const record of records) {
    const isAddress = record.type === "A" || (record.type === "LUA" && record.data[0]?.toUpperCase() === "A");
    if (isAddress) groups.set(record.name, [...(groups.get(record.name) ?? []), record]);
  }
  // A zone without addresses, such as that of the challenges, leads no client anywhere.
  if (groups.size === 0) return [];
  const answers = [...groups].flatMap(([name, group]): readonly AddressRecord[] => {
    const found = answersOf(group, settings);
    const at = `${content.path} line ${group[0]?.line ?? 0}`;
    if (typeof found === "string") {
      declarations.miss(configMap, `${at}: ${name}: ${found}`);
      return [];
    }
    const targets = found.addresses.map(({ address, weight }) => ({
      address,
      weight,
      site: owners.get(address) ?? "",
    }));
    return [
      {
        name,
        ttl: Math.max(...group.map(({ ttl }) => ttl)),
        targets,
        check: found.check,
        source: { urn: configMap.urn, path: at },
      },
    ];
  });
  return [
    {
      site: workload.site,
      urn: workload.urn,
      runsOn: "site",
      zone: zone ?? "",
      replicas: replicasOf(workload),
      records: answers,
      restart: restartOf(podSpecOf(workload)),
    },
  ];
}

/** Of all records of one name; a text says why they can't be read. */
function answersOf(group: readonly ZoneRecord[], settings: ReadonlyMap<string, string>): Answers | string {
  const [first, ...others] = group;
  if (!first) return "no record";
  if (group.every(({ type }) => type === "A")) {
    return {
      addresses: group.map(({ data }) => ({ address: data[0] ?? "", weight: 1 / group.length })),
      check: undefined,
    };
  }
  if (others.length > 0) return "several LUA records, or LUA beside A: which one is answered is not followed";
  if (!/^(yes|shared|on|true|1)$/.test(settings.get("enable-lua-records") ?? "no"))
    return "pdns.conf does not enable LUA records";
  const call = parseLuaCall(first.data.slice(1).join(" "));
  return (
    (call && callOf(call.name, call.args, settings)) ??
    `the LUA record ${first.data.slice(1).join(" ")} is not understood`
  );
}

function callOf(name: string, args: readonly LuaValue[], settings: ReadonlyMap<string, string>): Answers | undefined {
  const [first, second, third] = args;
  switch (name) {
    case "ifportup":
    case "ifurlup":
      return checked(setsOf(second), third, settings);
    case "ifurlextup":
      return checked(
        isTable(first) ? first.list.map((set) => (isTable(set) ? set.pairs.map(([address]) => address) : [])) : [],
        second,
        settings,
      );
    case "all":
    case "pickrandom":
      return isTable(first) ? { addresses: equal(texts(first)), check: undefined } : undefined;
    case "pickwrandom":
    case "pickwhashed":
      return isTable(first) ? { addresses: weighted(first), check: undefined } : undefined;
    default:
      return undefined;
  }
}

/** Addresses, or sets of them of which the first with a live one is answered: the others get no share while it lives. */
function checked(
  sets: readonly (readonly string[])[],
  options: LuaValue | undefined,
  settings: ReadonlyMap<string, string>,
): Answers | undefined {
  const [first, ...others] = sets;
  if (!first || first.length === 0) return undefined;
  const given = new Map(options !== undefined && isTable(options) ? options.pairs : []);
  // The nearest one depends on where a client is, which nothing declares.
  if (given.get("selector") === "pickclosest") return undefined;
  const seconds = (option: string, applied: number): number => Number(given.get(option) ?? applied);
  const check = {
    interval: seconds("interval", Number(settings.get("lua-health-checks-interval") ?? APPLIED.interval)),
    timeout: seconds("timeout", APPLIED.timeout),
    failures: seconds("minimumFailures", APPLIED.failures),
  };
  if (Object.values(check).some((value) => !(value > 0))) return undefined;
  return { addresses: [...equal(first), ...others.flat().map((address) => ({ address, weight: 0 }))], check };
}

function setsOf(value: LuaValue | undefined): readonly (readonly string[])[] {
  if (value === undefined || !isTable(value)) return [];
  return value.list.some(isTable) ? value.list.map((set) => (isTable(set) ? texts(set) : [])) : [texts(value)];
}

function weighted(table: LuaTable): Answers["addresses"] {
  const pairs = table.list.flatMap((pair) =>
    isTable(pair) ? [{ address: String(pair.list[1]), weight: Number(pair.list[0]) }] : [],
  );
  const sum = pairs.reduce((total, { weight }) => total + weight, 0);
  return pairs.map(({ address, weight }) => ({ address, weight: weight / sum }));
}

const equal = (addresses: readonly string[]): Answers["addresses"] =>
  addresses.map((address) => ({ address, weight: 1 / addresses.length }));
const isTable = (value: LuaValue | undefined): value is LuaTable => typeof value === "object";
const texts = (table: LuaTable): readonly string[] => table.list.filter((item) => typeof item === "string");

/** pdns.conf: `name=value` lines, the last one of a name holds. */
function settingsOf(files: readonly ConfigFile[]): ReadonlyMap<string, string> {
  const file = files.find(({ name }) => name === "pdns.conf");
  const text = file ? (plain(file.content) ?? "") : "";
  return new Map(
    text.split("\n").flatMap((line) => {
      const match = /^\s*([\w-]+)\s*=\s*(.*?)\s*$/.exec(line.replace(/#.*$/, ""));
      return match ? [[match[1] ?? "", match[2] ?? ""] as const] : [];
    }),
  );
}
