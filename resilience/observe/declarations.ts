import type { Resource, StackResources } from "../resource.ts";
import { Field, isObject, plain } from "./field.ts";
import type { System } from "../system.ts";

/** A resource of a site, with what identifies it to Kubernetes if it is a Kubernetes object. */
export interface Declared {
  readonly site: string;
  readonly urn: string;
  readonly type: string;
  readonly resource: Resource;
  /** `apps/Deployment`, `/Service`: API group and kind; empty for anything else. */
  readonly kind: string;
  readonly namespace: string;
  /** `metadata.name`; the logical name if there is none. */
  readonly name: string;
  /** The root of the inputs. */
  readonly inputs: Field;
}

type Unread = System["unread"][number];

/** Kubernetes puts an object that names no namespace here. */
const DEFAULT_NAMESPACE = "default";

/** All declared resources, indexed once, so that every question costs the same however many there are. */
export class Declarations {
  readonly sites: readonly string[];
  readonly unread: Unread[] = [];
  private readonly all: Declared[] = [];
  private readonly urns = new Map<string, Declared>();
  private readonly kinds = new Map<string, Declared[]>();
  private readonly types = new Map<string, Declared[]>();
  private readonly names = new Map<string, Declared>();
  private readonly labelled = new Map<string, Declared[]>();
  private readonly children = new Map<string, Declared[]>();

  constructor(stacks: readonly { readonly site: string; readonly stack: StackResources }[]) {
    this.sites = stacks.map(({ site }) => site);
    for (const { site, stack } of stacks) for (const resource of stack.resources) this.add(site, resource);
  }

  byUrn(urn: string): Declared | undefined {
    return this.urns.get(urn);
  }

  /** Objects of a kind (`apps/Deployment`), of all sites or of one. */
  ofKind(kind: string, site?: string): readonly Declared[] {
    return this.kinds.get(site === undefined ? kind : `${kind} ${site}`) ?? [];
  }

  /** Resources with a Pulumi type, of all sites or of one. */
  ofType(type: string, site?: string): readonly Declared[] {
    return this.types.get(site === undefined ? type : `${type} ${site}`) ?? [];
  }

  find(site: string, kind: string, namespace: string, name: string): Declared | undefined {
    return this.names.get(key(site, kind, namespace, name));
  }

  /** The nearest ancestor of a type, such as the component that made a Deployment. */
  ancestor(declared: Declared, type: string): Declared | undefined {
    const seen = new Set<string>();
    for (let at = declared.resource.parent; at !== undefined && !seen.has(at);) {
      seen.add(at);
      const parent = this.urns.get(at);
      if (parent?.type === type) return parent;
      at = parent?.resource.parent;
    }
    return undefined;
  }

  /** Workloads (Deployments, StatefulSets, DaemonSets) whose pods a selector of labels chooses. */
  selected(site: string, namespace: string, labels: Readonly<Record<string, string>>): readonly Declared[] {
    const pairs = Object.entries(labels);
    if (pairs.length === 0) return [];
    const lists = pairs.map(([name, value]) => this.labelled.get(key(site, namespace, name, value)) ?? []);
    const shortest = lists.reduce((a, b) => (b.length < a.length ? b : a));
    return shortest.filter((declared) => {
      const own = podLabels(declared);
      return pairs.every(([name, value]) => own[name] === value);
    });
  }

  childrenOf(urn: string): readonly Declared[] {
    return this.children.get(urn) ?? [];
  }

  miss(declared: Pick<Declared, "urn">, why: string): void {
    this.unread.push({ urn: declared.urn, why });
  }

  private add(site: string, resource: Resource): void {
    const declared = identify(site, resource);
    this.all.push(declared);
    this.urns.set(resource.urn, declared);
    push(this.types, declared.type, declared);
    push(this.types, `${declared.type} ${site}`, declared);
    if (resource.parent !== undefined) push(this.children, resource.parent, declared);
    if (declared.kind === "") return;
    if (/Patch$/.test(resource.type))
      return this.miss(declared, "a patch changes an object that others declare: what holds then is not read");
    const { kind, namespace, name } = declared;
    const id = key(site, kind, namespace, name);
    if (this.names.has(id)) return this.miss(declared, `${kind} ${namespace}/${name} is declared twice at ${site}`);
    this.names.set(id, declared);
    push(this.kinds, kind, declared);
    push(this.kinds, `${kind} ${site}`, declared);
    if (WORKLOADS.has(kind)) {
      for (const [label, value] of Object.entries(podLabels(declared)))
        push(this.labelled, key(site, namespace, label, value), declared);
    }
  }
}

const WORKLOADS = new Set(["apps/Deployment", "apps/StatefulSet", "apps/DaemonSet"]);

export function podLabels(workload: Declared): Readonly<Record<string, string>> {
  return textMap(workload.inputs.get("spec", "template", "metadata", "labels"));
}

/** The entries of a map whose values can be read as texts. */
export function textMap(field: Field): Readonly<Record<string, string>> {
  return Object.fromEntries(
    field.entries().flatMap(([name, value]) => (typeof value.value === "string" ? [[name, value.value]] : [])),
  );
}

function identify(site: string, resource: Resource): Declared {
  const inputs = new Field(resource.urn, "", resource.inputs);
  const metadata = inputs.get("metadata");
  return {
    site,
    urn: resource.urn,
    type: resource.type,
    resource,
    kind: kindOf(resource),
    namespace: plain(metadata.get("namespace")) ?? DEFAULT_NAMESPACE,
    name: plain(metadata.get("name")) ?? resource.name,
    inputs,
  };
}

/** The inputs' own `apiVersion` and `kind` hold; Pulumi's type token, `kubernetes:<apiVersion>:<kind>`, stands in. */
function kindOf({ type, inputs }: Resource): string {
  const token = /^kubernetes:([^:]+):([^:]+)$/.exec(type);
  if (!token) return "";
  const { apiVersion, kind } = isObject(inputs) ? inputs : {};
  const version = typeof apiVersion === "string" ? apiVersion : (token[1] ?? "");
  // The token of the core group is `core/v1`, its apiVersion `v1`.
  const group = version.includes("/") ? (version.split("/")[0] ?? "") : "";
  return `${group === "core" ? "" : group}/${typeof kind === "string" ? kind : token[2]}`;
}

function key(...parts: readonly string[]): string {
  return parts.join("\0");
}

function push<K, V>(map: Map<K, V[]>, at: K, value: V): void {
  const list = map.get(at);
  if (list) list.push(value);
  else map.set(at, [value]);
}
