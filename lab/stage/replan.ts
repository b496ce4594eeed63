import { objectsOf } from "../../planner/manifests.ts";
import { planTopology, planUp } from "../../planner/plan.ts";
import type { ConfigEdit } from "../../planner/plan.ts";
import type { ProgramResult, RecordedResource, Refreshed, StackOutputs } from "../../planner/harness.ts";
import type { Project } from "../../planner/stack-files.ts";
import type { Topology } from "../../topologies/types.ts";
import type { PlannedObject } from "../apply/cluster.ts";
import { asPlanned } from "./planned.ts";

/** What an `up` changes on a site's cluster. */
export interface Change {
  /** Objects that are new or differ, in an order in which they can be applied. */
  readonly applied: readonly PlannedObject[];
  /** Objects that are not declared any more, those first that others rely on least. */
  readonly deleted: readonly PlannedObject[];
}

/** From which program and config stacks are brought up. */
export interface StacksOf {
  readonly project: Project;
  readonly topology: Topology;
  /** What differs from the config as it is written. */
  readonly edit?: ConfigEdit | undefined;
}

/**
 * The stacks of a topology in persons' hands: config is set, sites are brought up one at a time, and each `up` reads what
 * the stacks have told by then. Nothing of it touches a cluster.
 */
export class Stacks {
  readonly #of: StacksOf;
  readonly #last: Map<string, ProgramResult>;
  /** Keys of the config that were set, with their namespace, by site. */
  readonly #set = new Map<string, Map<string, string>>();

  private constructor(of: StacksOf, last: Map<string, ProgramResult>) {
    this.#of = of;
    this.#last = last;
  }

  /** The stacks as they are once every site was brought up until nothing changed. */
  static async open({ project, topology, edit }: StacksOf): Promise<Stacks> {
    const { sites } = await planTopology(project, topology, undefined, edit);
    return new Stacks({ project, topology, edit }, new Map(sites.map(({ site, result }) => [site, result])));
  }

  /** `pulumi config set holdfast:<key> <value> -s <site>`; without a value `pulumi config rm`. */
  set(site: string, key: string, value?: string): void {
    const own = this.#set.get(site) ?? new Map<string, string>();
    this.#set.set(site, own);
    if (value === undefined) own.delete(`${this.#of.project.name}:${key}`);
    else own.set(`${this.#of.project.name}:${key}`, value);
  }

  /** What a stack has told. */
  outputs(site: string): StackOutputs {
    return this.#ofSite(site).outputs;
  }

  /** The URN of the one resource of that type. @throws where there is none, or several */
  urn(site: string, type: string): string {
    const found = this.#ofSite(site).resources.filter((resource) => resource.type === type);
    const [only] = found;
    if (only === undefined || found.length > 1) throw new Error(`stack ${site} has ${found.length} resources ${type}`);
    return only.urn;
  }

  /**
   * `pulumi up -s <site>`. @param refreshed what `--refresh` has read
   *
   * @throws as the program does where it refuses, and where the engine would: a protected resource is not deleted
   */
  async up(site: string, refreshed: Refreshed = {}): Promise<Change> {
    const { project, topology, edit = (_site, values) => values } = this.#of;
    const before = this.#ofSite(site);
    const outputs = Object.fromEntries([...this.#last].map(([name, result]) => [name, result.outputs]));
    const set: ConfigEdit = (name, values) => ({
      ...edit(name, values),
      ...Object.fromEntries(this.#set.get(name) ?? []),
    });
    const after = await planUp(project, topology, site, { outputs, refreshed, edit: set });
    const change = changeOf(before, after);
    this.#last.set(site, after);
    return change;
  }

  #ofSite(site: string): ProgramResult {
    const found = this.#last.get(site);
    if (found === undefined) throw new Error(`topology ${this.#of.topology.name} has no stack ${site}`);
    return found;
  }
}

/** What the cluster has to be told to become what is declared now. */
export function changeOf(before: ProgramResult, after: ProgramResult): Change {
  const old = byName(before);
  const now = byName(after);
  const kept = keptResources(before);
  const gone = [...old].filter(([name]) => !now.has(name));
  for (const [name] of gone)
    if (kept.get(name)?.protect === true) throw new Error(`${name} is protected, and would be deleted`);
  return {
    applied: [...now].filter(([name, object]) => !same(object, old.get(name))).map(([, object]) => object),
    deleted: gone
      .filter(([name]) => kept.get(name)?.retainOnDelete !== true)
      .map(([, object]) => object)
      .reverse(),
  };
}

const nameOf = ({ apiVersion, kind, metadata: { name, namespace = "" } }: PlannedObject): string =>
  `${apiVersion} ${kind} ${namespace}/${name}`;

const byName = (result: ProgramResult): ReadonlyMap<string, PlannedObject> =>
  new Map(objectsOf(result).map((object) => [nameOf(asPlanned(object)), asPlanned(object)]));

/** The resources whose objects the engine does not simply delete, by the names of the objects. */
function keptResources({ stack, resources, ...rest }: ProgramResult): ReadonlyMap<string, RecordedResource> {
  const kept = resources.filter(({ protect, retainOnDelete }) => protect || retainOnDelete);
  return new Map(
    kept.flatMap((resource) =>
      [...byName({ ...rest, stack, resources: [resource] }).keys()].map((name) => [name, resource] as const),
    ),
  );
}

const same = (one: PlannedObject, other: PlannedObject | undefined): boolean =>
  JSON.stringify(one) === JSON.stringify(other);
