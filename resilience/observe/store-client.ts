import { known, mapFact, unknown } from "../fact.ts";
import type { Fact } from "../fact.ts";
import type { MongoReplicaSet, StoreClient } from "../system.ts";
import type { Declared } from "./declarations.ts";
import type { Field } from "./field.ts";
import { splitHost } from "./names.ts";
import type { Hosts } from "./hosts.ts";

/** What a client of a database is told in plain variables (docs/resources.md); undefined: it has no store. */
export function storeClientOf(
  hosts: Hosts,
  replicaSets: readonly MongoReplicaSet[],
  workload: Declared,
  environment: ReadonlyMap<string, Field>,
): StoreClient | undefined {
  const mongo = environment.get("MONGO_HOSTS");
  if (mongo) return mongoClient(hosts, replicaSets, workload, mongo, environment);
  const postgres = environment.get("PGHOST");
  return postgres ? postgresClient(hosts, workload, postgres, environment.get("PGSSLMODE")) : undefined;
}

function postgresClient(hosts: Hosts, workload: Declared, field: Field, sslMode: Field | undefined): StoreClient {
  const names = list(field);
  const none = <T>(what: string): Fact<T> => unknown(`PostgreSQL's clients have no ${what}`, field.source);
  return {
    kind: "postgres",
    store: oneStore(names, field, (name) => {
      const { target } = hosts.resolve(workload.site, workload.namespace, splitHost(name).host);
      if (target.state !== "known") return target;
      return target.value.kind === "postgres"
        ? known(target.value.cluster.name, target.source)
        : unknown(`${name} leads to no PostgreSQL cluster`, target.source);
    }),
    hosts: names,
    readPreference: none("read preference"),
    writeConcern: none("write concern"),
    journal: none("journal setting"),
    // libpq's own default is `prefer`, which takes any certificate (PostgreSQL 17).
    verifiesServer: sslMode
      ? mapFact(sslMode.text(), (mode) => mode.startsWith("verify-"))
      : known(false, field.source),
  };
}

function mongoClient(
  hosts: Hosts,
  replicaSets: readonly MongoReplicaSet[],
  workload: Declared,
  field: Field,
  environment: ReadonlyMap<string, Field>,
): StoreClient {
  const names = list(field);
  const store = oneStore(names, field, (name) => {
    const { host, port } = splitHost(name);
    const { target } = hosts.resolve(workload.site, workload.namespace, host, port);
    if (target.state !== "known") return target;
    const { value } = target;
    const set =
      value.kind === "workload"
        ? replicaSets.find(({ members }) => members.some(({ urn }) => urn === value.workload.urn))
        : undefined;
    return set
      ? known(set.name, target.source)
      : unknown(`${name} leads to no member of a replica set that was read`, target.source);
  });
  const options = optionsOf(environment.get("MONGO_OPTIONS"), field);
  const option = <T>(name: string, read: (text: string) => T | undefined, absent: () => Fact<T>): Fact<T> => {
    if (options.state !== "known") return options;
    const text = options.value.get(name.toLowerCase());
    if (text === undefined) return absent();
    const value = read(text);
    return value === undefined
      ? unknown(`${name}=${text} is no such setting`, options.source)
      : known(value, options.source);
  };
  const writeConcern = option(
    "w",
    (text) => text,
    () => implicitWriteConcern(store, replicaSets),
  );
  return {
    kind: "mongo",
    store,
    hosts: names,
    // MongoDB's drivers read from the primary unless they are told otherwise (connection string specification).
    readPreference: option(
      "readPreference",
      (text) => (PREFERENCES.includes(text) ? text : undefined),
      () => known("primary", options.source ?? field.source),
    ),
    writeConcern,
    journal: option(
      "journal",
      (text) => (text === "true" ? true : text === "false" ? false : undefined),
      () =>
        option(
          "j",
          (text) => text === "true",
          () => journalDefault(writeConcern),
        ),
    ),
    ...milliseconds(options, "connectTimeout", "connecttimeoutms"),
    ...milliseconds(options, "heartbeatFrequency", "heartbeatfrequencyms"),
    verifiesServer: mapFact(
      options,
      (given) =>
        (given.get("tls") ?? given.get("ssl")) === "true" &&
        given.get("tlsallowinvalidcertificates") !== "true" &&
        given.get("tlsinsecure") !== "true",
    ),
  };
}

const PREFERENCES: readonly string[] = ["primary", "primaryPreferred", "secondary", "secondaryPreferred", "nearest"];

/** A setting in milliseconds as seconds, where the options name it. */
function milliseconds<K extends string>(
  options: Fact<ReadonlyMap<string, string>>,
  as: K,
  name: string,
): Partial<Record<K, Fact<number>>>;
function milliseconds(
  options: Fact<ReadonlyMap<string, string>>,
  as: string,
  name: string,
): Partial<Record<string, Fact<number>>> {
  const text = options.state === "known" ? options.value.get(name) : undefined;
  if (text === undefined) return {};
  const value = Number(text) / 1000;
  return {
    [as]:
      Number.isFinite(value) && value > 0
        ? known(value, options.source ?? { urn: "", path: "" })
        : unknown(`${name}=${text} is no time`, options.source),
  };
}

/** MongoDB 7.0's implicit default: `majority`, but 1 where arbiters leave no more data members than a majority. */
function implicitWriteConcern(store: Fact<string>, replicaSets: readonly MongoReplicaSet[]): Fact<string> {
  return mapFact(store, (name) => {
    const voting = (replicaSets.find((set) => set.name === name)?.members ?? []).filter(({ votes }) => votes > 0);
    const data = voting.filter(({ arbiter }) => !arbiter).length;
    const majority = Math.floor(voting.length / 2) + 1;
    return data < voting.length && data <= majority ? "1" : "majority";
  });
}

/** Without `j`, a majority waits for the journal (`writeConcernMajorityJournalDefault`, MongoDB 7.0), a number does not. */
function journalDefault(writeConcern: Fact<string>): Fact<boolean> {
  return mapFact(writeConcern, (w) => w === "majority");
}

function optionsOf(field: Field | undefined, hosts: Field): Fact<ReadonlyMap<string, string>> {
  if (!field) return known(new Map(), hosts.source);
  return field.read("options such as readPreference=nearest&w=1", (text) =>
    typeof text === "string"
      ? new Map([...new URLSearchParams(text)].map(([name, value]) => [name.toLowerCase(), value]))
      : undefined,
  );
}

function list(field: Field): Fact<readonly string[]> {
  return mapFact(field.text(), (text) =>
    text
      .split(",")
      .map((host) => host.trim())
      .filter((host) => host !== ""),
  );
}

/**
 * The one store that the hosts lead to. A host that leads nowhere is no proof against the others (a driver finds the
 * members itself); hosts of two stores are.
 */
function oneStore(names: Fact<readonly string[]>, field: Field, find: (host: string) => Fact<string>): Fact<string> {
  if (names.state !== "known") return mapFact(names, () => "");
  const found = names.value.map(find);
  const stores = new Set(found.flatMap((fact) => (fact.state === "known" ? [fact.value] : [])));
  if (stores.size > 1)
    return unknown(`${names.value.join(",")} lead to several stores: ${[...stores].join(", ")}`, field.source);
  return found.find(({ state }) => state === "known") ?? found[0] ?? unknown("no host is named", field.source);
}
