import { known, unknown, valueOf } from "../fact.ts";
import type { Fact } from "../fact.ts";
import type { MongoMember, MongoReplicaSet } from "../system.ts";
import type { Declarations, Declared } from "./declarations.ts";
import { Field, isObject, orDefault, plain } from "./field.ts";
import { withApartness } from "./mongo-spread.ts";
import { splitHost } from "./names.ts";
import type { Hosts } from "./hosts.ts";
import { configFiles, podSpecOf } from "./mounts.ts";
import { replicasOf, restartOf, unknownRestart } from "./probes.ts";
import { mainContainer } from "./workloads.ts";

/** What mongod 7.0 applies to a replica set's document that does not say (`replSetGetConfig` shows them). */
const APPLIED = { electionTimeoutMillis: 10_000, heartbeatTimeoutSecs: 10, priority: 1, votes: 1 } as const;

interface Document {
  readonly configMap: Declared;
  readonly root: Field;
}

/** Replica sets, from the documents for `replSetInitiate` that Jobs apply. */
export function observeMongo(declarations: Declarations, hosts: Hosts): readonly MongoReplicaSet[] {
  const documents = new Map<string, Document[]>();
  for (const document of appliedDocuments(declarations)) {
    const name = plain(document.root.get("_id")) ?? "";
    documents.set(name, [...(documents.get(name) ?? []), document]);
  }
  return [...documents].flatMap(([name, found]) => {
    const [first, ...others] = found;
    const different = others.filter(({ root }) => JSON.stringify(root.value) !== JSON.stringify(first?.root.value));
    if (different.length > 0) {
      for (const { configMap } of found)
        declarations.miss(
          configMap,
          `the configurations of replica set ${name} at ${found.map((one) => one.configMap.site).join(" and ")} differ: which one was applied last is not declared`,
        );
      return [];
    }
    return first ? [replicaSetOf(declarations, hosts, name, first)] : [];
  });
}

function replicaSetOf(
  declarations: Declarations,
  hosts: Hosts,
  name: string,
  { configMap, root }: Document,
): MongoReplicaSet {
  const settings = root.get("settings");
  const setting = (key: "electionTimeoutMillis" | "heartbeatTimeoutSecs", unit: number): Fact<number> => {
    const field = settings.get(key);
    const fact = orDefault(field, field.number(), APPLIED[key]);
    return fact.state === "known" ? { ...fact, value: fact.value * unit } : fact;
  };
  const members = root
    .get("members")
    .items()
    .flatMap((member) => memberOf(declarations, hosts, configMap, member));
  return {
    name,
    urn: configMap.urn,
    members: members.map((member) => withApartness(declarations, member, members)),
    electionTimeout: setting("electionTimeoutMillis", 1 / 1000),
    heartbeatTimeout: setting("heartbeatTimeoutSecs", 1),
  };
}

function memberOf(
  declarations: Declarations,
  hosts: Hosts,
  configMap: Declared,
  member: Field,
): readonly MongoMember[] {
  const host = plain(member.get("host"));
  if (host === undefined) {
    declarations.miss(configMap, `${member.path}.host can't be read`);
    return [];
  }
  const { host: name } = splitHost(host);
  const arbiter = member.get("arbiterOnly").value === true;
  const number = (key: "priority" | "votes", applied: number): number =>
    valueOf(orDefault(member.get(key), member.get(key).number(), applied)) ?? applied;
  const home = homeOf(declarations, hosts, configMap, host);
  if ("why" in home && !home.isCertain) declarations.miss(configMap, `member ${name}: ${home.why}`);
  const workload = "why" in home || scaledToNothing(home) ? undefined : home;
  return [
    {
      name: name.split(".")[0] ?? name,
      site: workload?.site ?? "",
      urn: workload?.urn,
      arbiter,
      // mongod gives an arbiter priority 0 whatever the others' default is.
      priority: number("priority", arbiter ? 0 : APPLIED.priority),
      votes: number("votes", APPLIED.votes),
      storageClass: workload ? storageClassOf(workload) : unknown(`nothing that was read runs ${name}`),
      ...delayOf(member),
      restart: workload
        ? restartOf(podSpecOf(workload), mainContainer(podSpecOf(workload), "mongod"))
        : unknownRestart(`nothing that was read runs ${name}`),
      ...(workload && isFoundUnready(declarations, workload, name) ? { foundUnready: true } : {}),
    },
  ];
}

function isFoundUnready(declarations: Declarations, { site, namespace }: Declared, host: string): boolean {
  const [label] = host.split(".");
  return declarations
    .ofKind("/Service")
    .some(
      (service) =>
        service.site === site &&
        service.namespace === namespace &&
        service.name === label &&
        service.inputs.get("spec", "publishNotReadyAddresses").value === true,
    );
}

/** What keeps a member from answering clients, or behind on purpose; drivers never select a hidden one. */
function delayOf(member: Field): Pick<MongoMember, "hidden" | "delay"> {
  const delay = valueOf(member.get("secondaryDelaySecs").number()) ?? 0;
  return {
    ...(member.get("hidden").value === true ? { hidden: true } : {}),
    ...(delay > 0 ? { delay } : {}),
  };
}

/** A StatefulSet without replicas runs nothing, so its member is as good as undeclared. */
function scaledToNothing(workload: Declared): boolean {
  return valueOf(replicasOf(workload)) === 0;
}

/** `isCertain`: nothing declared runs it; otherwise it may run where nothing was read. */
interface Nowhere {
  readonly why: string;
  readonly isCertain: boolean;
}

/** The StatefulSet behind a member's host: the same name leads to it from every site, so the first that resolves tells. */
function homeOf(declarations: Declarations, hosts: Hosts, configMap: Declared, member: string): Declared | Nowhere {
  const { host, port } = splitHost(member);
  const failed: Nowhere[] = [];
  for (const site of [configMap.site, ...declarations.sites.filter((other) => other !== configMap.site)]) {
    const { target, deadEnd } = hosts.resolve(site, configMap.namespace, host, port);
    if (target.state === "known" && target.value.kind === "workload") return target.value.workload;
    const why = target.state === "known" ? `${host} leads to no workload` : target.why;
    failed.push({ why, isCertain: deadEnd === true });
  }
  return { why: failed.map(({ why }) => why).join("; "), isCertain: failed.every(({ isCertain }) => isCertain) };
}

/** ConfigMaps with such a document that a Job of the same stack mounts; without any Job, nothing says that it is in force. */
function appliedDocuments(declarations: Declarations): readonly Document[] {
  const applied = new Map<string, Document>();
  for (const kind of ["batch/Job", "batch/CronJob"]) {
    for (const job of declarations.ofKind(kind)) {
      const template = kind === "batch/Job" ? job.inputs.get("spec") : job.inputs.get("spec", "jobTemplate", "spec");
      for (const { configMap, content } of configFiles(declarations, job, template.get("template", "spec"))) {
        const root = documentIn(content);
        if (root) applied.set(`${configMap.urn} ${content.path}`, { configMap, root });
      }
    }
  }
  const inForce = new Set([...applied.values()].map(({ root }) => JSON.stringify(root.value)));
  for (const configMap of declarations.ofKind("/ConfigMap")) {
    for (const [key, content] of configMap.inputs.get("data").entries()) {
      const root = documentIn(content);
      if (root && !inForce.has(JSON.stringify(root.value)))
        declarations.miss(configMap, `${key} is a replica set's configuration that no Job applies: it is not in force`);
      if (key.startsWith("replica-set") && !documentIn(content))
        declarations.miss(
          configMap,
          `${key} can't be read: ${content.pending ? "it is known only after an up" : "it is no document of replSetInitiate"}`,
        );
    }
  }
  return [...applied.values()];
}

function documentIn(content: Field): Field | undefined {
  const text = content.value;
  if (typeof text !== "string" || !text.trimStart().startsWith("{") || !text.includes("members")) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    if (!isObject(parsed) || typeof parsed["_id"] !== "string" || !Array.isArray(parsed["members"])) return undefined;
    return new Field(content.urn, content.path, parsed);
  } catch {
    return undefined;
  }
}

function storageClassOf(workload: Declared): Fact<string> {
  const templates = workload.inputs.get("spec", "volumeClaimTemplates");
  const [first, ...others] = templates.items();
  if (!first) return unknown(`${workload.name} keeps its data on no claim`, templates.source);
  const classes = [first, ...others].map((template) => template.get("spec", "storageClassName"));
  const names = new Set(classes.map(({ value }) => value));
  if (names.size > 1) return unknown(`${workload.name} has claims of several storage classes`, templates.source);
  const read = classes[0];
  return read && plain(read) !== undefined
    ? known(plain(read) ?? "", read.source)
    : (read?.text() ?? unknown("no storage class", templates.source));
}
