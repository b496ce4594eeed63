import { stackResources } from "../../planner/harness.ts";
import { planTopology } from "../../planner/plan.ts";
import { readProject } from "../../planner/stack-files.ts";
import { observe } from "../../resilience/observe/index.ts";
import type { StackResources } from "../../resilience/resource.ts";
import type { System } from "../../resilience/system.ts";
import { findTopology } from "../../topologies/index.ts";
import { edited } from "./observe/planned.ts";
import type { Inputs } from "./observe/planned.ts";

const planned = new Map<string, Promise<readonly StackResources[]>>();

/** What the program itself declares for a topology on Azure, planned once for all tests. */
export function azureStacks(name: "all-azure" | "azure-primary" = "all-azure"): Promise<readonly StackResources[]> {
  const topology = findTopology(name);
  if (!topology) throw new Error(`there is no topology ${name}`);
  const found =
    planned.get(name) ??
    planTopology(readProject(process.cwd()), topology).then(({ sites }) =>
      sites.map(({ site, result }) => stackResources(result, `plan of ${site}`)),
    );
  planned.set(name, found);
  return found;
}

export const azureSystem = async (name?: "all-azure" | "azure-primary"): Promise<System> =>
  observe(await azureStacks(name));

type Change = (inputs: Inputs) => void;

/** Each of the pools of workers, one for each zone. */
export const pools =
  (change: Change) =>
  (stacks: readonly StackResources[]): readonly StackResources[] =>
    ["1", "2", "3"].reduce((all, zone) => edited(all, "azure", "AgentPool", `zone-workers-${zone}`, change), stacks);

export const cluster =
  (change: Change) =>
  (stacks: readonly StackResources[]): readonly StackResources[] =>
    edited(stacks, "azure", "ManagedCluster", "zone-aks", change);

export const address =
  (change: Change) =>
  (stacks: readonly StackResources[]): readonly StackResources[] =>
    edited(stacks, "azure", "PublicIPAddress", "zone-address", change);

export const storage =
  (sku: string | undefined, parameter = "skuName") =>
  (stacks: readonly StackResources[]): readonly StackResources[] =>
    edited(stacks, "azure", "StorageClass", "holdfast-zrs", (inputs) => (inputs["parameters"] = { [parameter]: sku }));

/** `zones: ["1"]` and `volumes: lrs` of the config, as they reach the resources. */
export function inOneZone(stacks: readonly StackResources[]): readonly StackResources[] {
  const zones = ["1"];
  return [
    pools((inputs) => (inputs["availabilityZones"] = zones)),
    address((inputs) => (inputs["zones"] = zones)),
    cluster((inputs) => (inputs["agentPoolProfiles"][0].availabilityZones = zones)),
    storage("Premium_LRS"),
    shares((inputs) => (inputs["parameters"].skuName = "Premium_LRS")),
  ].reduce((all, edit) => edit(all), stacks);
}

/** Users' files on disks, which one server at a time has attached, and so with one pod. */
export function uploadsOnDisks(stacks: readonly StackResources[]): readonly StackResources[] {
  return ["core", "events"].reduce(
    (all, name) =>
      edited(
        edited(all, "azure", "Deployment", name, (inputs) => (inputs["spec"].replicas = 1)),
        "azure",
        "PersistentVolumeClaim",
        `${name}-media`,
        (inputs) =>
          void Object.assign(inputs["spec"], { accessModes: ["ReadWriteOnce"], storageClassName: "holdfast-zrs" }),
      ),
    stacks,
  );
}

export const shares =
  (change: Change) =>
  (stacks: readonly StackResources[]): readonly StackResources[] =>
    edited(stacks, "azure", "StorageClass", "holdfast-files-zrs", change);

/** Without the services' volumes: users' files kept elsewhere, so that the databases and the pods alone decide. */
export function withoutUploads(stacks: readonly StackResources[]): readonly StackResources[] {
  return ["core", "events"].reduce(
    (all, name) =>
      edited(all, "azure", "Deployment", name, (inputs) => {
        inputs["spec"].template.spec.volumes = [];
      }),
    stacks,
  );
}
