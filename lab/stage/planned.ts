import { z } from "zod";
import { stackResources } from "../../planner/harness.ts";
import type { RecordedResource } from "../../planner/harness.ts";
import { judge } from "../../planner/judge.ts";
import type { Judgement } from "../../planner/judge.ts";
import { objectsOf } from "../../planner/manifests.ts";
import { planTopology, topologiesNamed } from "../../planner/plan.ts";
import type { ConfigEdit } from "../../planner/plan.ts";
import { withWorkers } from "../../planner/more-servers.ts";
import { editSite } from "../../planner/questions/edit-site.ts";
import { RefusedError } from "../../planner/site-run.ts";
import { readProject } from "../../planner/stack-files.ts";
import type { Project } from "../../planner/stack-files.ts";
import { primaryOf } from "../../topologies/index.ts";
import type { Topology } from "../../topologies/types.ts";
import type { System } from "../../resilience/system.ts";
import type { PlannedObject } from "../apply/cluster.ts";
import type { Difference } from "../apply/difference.ts";
import type { NodeMonitor, ServerSpec, SharedStorage } from "../site/spec.ts";
import { plannedAksSite } from "./planned-aks.ts";

/** A planned site, as far as the lab builds it. */
export interface PlannedSite {
  readonly name: string;
  readonly publicAddress: string;
  readonly servers: readonly ServerSpec[];
  /** The addresses inside its cluster; absent: not declared. */
  readonly ranges?: { readonly podRange: string; readonly serviceRange: string };
  /** Storage classes whose volumes no server keeps. */
  readonly sharedStorage?: readonly SharedStorage[];
  /** Whether its cluster is said to enforce network policies: the lab's does what was said. */
  readonly enforcePolicies: boolean;
  /** When a silent server is NotReady. */
  readonly nodeMonitor: NodeMonitor;
  /** Where its backups go; absent: to no store of S3's interface. */
  readonly store?: PlannedStore;
  /** What drills may need and this site has not on stage, with the reason. */
  readonly lacks?: Readonly<Partial<Record<Need, string>>>;
  /** In what it differs on stage from what was planned, beside what every site does. */
  readonly differences?: readonly Difference[];
  /** What its cluster would get, in order, with the values of its Secrets. */
  readonly objects: readonly PlannedObject[];
  readonly resources: readonly RecordedResource[];
}

/** What a drill may need of a site: a backup store that the lab runs. */
export type Need = "own store";

/** A store on one of the site's arrays. */
export interface PlannedStore {
  readonly endpoint: string;
  readonly bucket: string;
  /** How long a version cannot be deleted, in seconds; 0: no lock. */
  readonly lockedFor: number;
  readonly server: string;
  readonly array: string;
}

/** A plan that can be put on stage, with what the analysis says of it. */
export interface PlannedStage {
  /** From whose program and config it was planned. */
  readonly project: Project;
  /** What was changed of that config; undefined: nothing. */
  readonly edit: ConfigEdit | undefined;
  readonly topology: Topology;
  readonly sites: readonly PlannedSite[];
  readonly judgement: Judgement;
}

const ZONE = "holdfast:platform:Zone";
const array = z.object({
  name: z.string(),
  level: z.enum(["single", "raid0", "raid1", "raid5", "raid6", "raid10"]),
  disks: z.number(),
  storageClasses: z.array(z.string()).optional(),
  system: z.boolean().optional(),
});
/** What a Zone declares of an existing cluster. */
const existing = z.object({
  platform: z.literal("existing"),
  networkPoliciesEnforced: z.boolean().default(false),
  nodeMonitorGrace: z.number().optional(),
  nodeMonitorPeriod: z.number().optional(),
  publicAddresses: z.array(z.string()).length(1),
  servers: z.array(
    z.object({
      name: z.string(),
      controlPlane: z.boolean().optional(),
      cores: z.int().positive().optional(),
      arrays: z.array(array),
    }),
  ),
  backupStore: z
    .object({
      endpoint: z.string(),
      bucket: z.string(),
      lockedFor: z.number(),
      server: z.string(),
      array: z.string(),
    })
    .optional(),
});

/** Reads what a site's Zone declares. @throws where the lab cannot build it, with the reason */
export function plannedSite(
  name: string,
  resources: readonly RecordedResource[],
  objects: readonly PlannedObject[],
  { sites }: Pick<System, "sites">,
): PlannedSite {
  const zone = resources.find(({ type }) => type === ZONE);
  const site = sites.find((one) => one.name === name);
  if (zone?.inputs["platform"] === "aks" && site !== undefined)
    return plannedAksSite(zone.inputs, resources, objects, site);
  const read = existing.safeParse(zone?.inputs);
  if (!read.success) {
    const where = read.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
    throw new RefusedError(
      `the lab cannot build ${name} (${where})\n  fix: drill a topology of sites with one public address and servers of their own`,
    );
  }
  const { publicAddresses, servers, backupStore, networkPoliciesEnforced, nodeMonitorGrace, nodeMonitorPeriod } =
    read.data;
  const [publicAddress = ""] = publicAddresses;
  return {
    name,
    publicAddress,
    enforcePolicies: networkPoliciesEnforced,
    nodeMonitor: {
      ...(nodeMonitorGrace === undefined ? {} : { grace: nodeMonitorGrace }),
      ...(nodeMonitorPeriod === undefined ? {} : { period: nodeMonitorPeriod }),
    },
    servers: servers.map(({ name: server, controlPlane, cores, arrays }) => ({
      name: server,
      ...(cores === undefined ? {} : { processors: cores }),
      ...(controlPlane === undefined ? {} : { controlPlane }),
      arrays: arrays.map(({ storageClasses, system, ...rest }) => ({
        ...rest,
        ...(storageClasses === undefined ? {} : { storageClasses }),
        ...(system === undefined ? {} : { system }),
      })),
    })),
    ...(backupStore === undefined ? {} : { store: backupStore }),
    objects,
    resources,
  };
}

/** @throws for an object without kind or name, which no cluster takes */
export function asPlanned(object: Readonly<Record<string, unknown>>): PlannedObject {
  const { apiVersion, kind, metadata } = object;
  const { name, namespace } = z.looseObject({ name: z.string(), namespace: z.string().optional() }).parse(metadata);
  if (typeof apiVersion !== "string" || typeof kind !== "string")
    throw new Error(`the planned object ${name} has no kind`);
  const place = namespace === undefined ? {} : { namespace };
  return { ...object, apiVersion, kind, metadata: { ...(metadata as object), name, ...place } };
}

/** How large a stage is to be. */
export interface StageSize {
  /** Servers of the site that takes the writes, all like its first one. @default 1: as its config says */
  readonly servers?: number;
}

/** Plans a topology for the stage, and judges it. @throws as the plan does, and where the lab cannot build a site */
export async function planStage(
  projectFolder: string,
  topologyName: string,
  report: (line: string) => void,
  { servers = 1 }: StageSize = {},
): Promise<PlannedStage> {
  const [topology] = topologiesNamed([topologyName]);
  if (topology === undefined) throw new Error("no topology is named");
  const project = readProject(projectFolder);
  const edit =
    servers === 1 ? undefined : editSite(project.name, primaryOf(topology), (facts) => withWorkers(facts, servers));
  const plan = await planTopology(project, topology, report, edit);
  const judgement = judge(plan.sites.map(({ result }) => stackResources(result)));
  return {
    project,
    edit,
    topology,
    judgement,
    sites: plan.sites.map(({ site, result }) =>
      plannedSite(site, result.resources, objectsOf(result).map(asPlanned), judgement.system),
    ),
  };
}
