import { must } from "../apply/cluster.ts";
import { outcomeOf } from "../drill/predictions.ts";
import { placed, podsOf } from "../drill/placement.ts";
import { promotionMarks } from "../drill/marks.ts";
import type { Marks } from "../drill/marks.ts";
import { eventually } from "../network/wait.ts";
import { clusterAt } from "../site/postgres-cluster.ts";
import type { Site } from "../site/site.ts";
import type { Drill, SiteNames } from "./drill.ts";

const NAMESPACE = "platform";
const WHOLE_WITHIN_MS = 240_000;
const MOVED_WITHIN_MS = 90_000;
const BETWEEN_LOOKS_MS = 500;

/** Deployments of one pod each, whose loss is another drill's: the operator's own, and the overlay's gateway. */
const single = ["cnpg-system", "overlay"] as const;

interface Node {
  readonly status: {
    readonly conditions: readonly {
      readonly type: string;
      readonly status: string;
      readonly lastTransitionTime: string;
    }[];
  };
}

/** D4: the server of PostgreSQL's primary loses its power. A site with one server goes with it, which is D2. */
export function nodeDrills({ primary, servers = [] }: SiteNames): readonly Drill[] {
  const spare = servers.at(-1);
  if (spare === undefined || servers.length < 2) return [];
  return [
    {
      id: "D4",
      title: "The server of PostgreSQL's primary dead",
      fault: `node:${spare}`,
      hold: "recovery",
      notes: [
        `${spare} holds PostgreSQL's primary and one pod of what has several: what exists once was put on other servers, and is lost for as long as its own is`,
      ],
      predict: async ({ primary: { site } }, judgement) => {
        const system = placed(judgement.system, primary, await podsOf(site.api));
        return outcomeOf({ ...judgement, system, outcomes: [] }, `node:${spare}`);
      },
      prepare: async ({ primary: { site } }) => {
        await untilWhole(site);
        await moveAway(site, spare);
        await movePrimary(site, spare);
        return () => Promise.resolve();
      },
      cause: async ({ primary: { site } }) => {
        const faultAt = Date.now();
        await site.killNode(spare);
        return {
          marks: () => marksAt(site, spare, faultAt),
          heal: async () => {
            await site.startNode(spare);
            await site.waitReady();
          },
        };
      },
    },
  ];
}

/** Until every instance runs and no change of the primary is under way. */
async function untilWhole(site: Site): Promise<void> {
  const whole = async (): Promise<boolean> => {
    const { spec, status } = await clusterAt(site);
    return status.readyInstances === spec.instances && status.currentPrimary === status.targetPrimary;
  };
  await eventually(`${site.name}: all instances of PostgreSQL are ready`, whole, WHOLE_WITHIN_MS, BETWEEN_LOOKS_MS);
}

/** Has what exists once start on another server, if it is on this one. */
async function moveAway(site: Site, server: string): Promise<void> {
  const there = (await podsOf(site.api)).filter(
    ({ metadata, spec }) => single.some((name) => name === metadata.namespace) && spec.nodeName === server,
  );
  if (there.length === 0) return;
  await must(site, ["cordon", server]);
  for (const { metadata } of there)
    await must(site, ["delete", "pod", metadata.name, `--namespace=${metadata.namespace}`]);
  for (const namespace of new Set(there.map(({ metadata }) => metadata.namespace)))
    await must(site, [
      "wait",
      "deployment",
      "--all",
      `--namespace=${namespace}`,
      "--for=condition=Available",
      "--timeout=90s",
    ]);
  await must(site, ["uncordon", server]);
}

/** A switchover to the instance on a server, as the operator's own tool asks for it (kubectl cnpg promote, 1.27). */
async function movePrimary(site: Site, server: string): Promise<void> {
  const instance = (await podsOf(site.api)).find(
    ({ metadata, spec }) => metadata.labels?.["cnpg.io/cluster"] === `pg-${site.name}` && spec.nodeName === server,
  )?.metadata.name;
  if (instance === undefined) throw new Error(`${site.name}: no instance of PostgreSQL runs on ${server}`);
  if ((await clusterAt(site)).status.currentPrimary === instance) return;
  const status = {
    targetPrimary: instance,
    targetPrimaryTimestamp: new Date().toISOString(),
    phase: "Switchover in progress",
    phaseReason: `Switching over to ${instance}`,
  };
  const words = ["--subresource=status", "--type=merge", `--patch=${JSON.stringify({ status })}`];
  await must(site, ["patch", "cluster.postgresql.cnpg.io", `pg-${site.name}`, `--namespace=${NAMESPACE}`, ...words]);
  const moved = async (): Promise<boolean> => (await clusterAt(site)).status.currentPrimary === instance;
  await eventually(`${site.name}: ${instance} is the primary`, moved, MOVED_WITHIN_MS, BETWEEN_LOOKS_MS);
  await untilWhole(site);
}

/** When the node was found dead, and when another instance was chosen and promoted. */
async function marksAt(site: Site, server: string, faultAt: number): Promise<Marks> {
  const { status } = await site.api.get<Node>(`/api/v1/nodes/${server}`);
  const ready = status.conditions.find(({ type }) => type === "Ready");
  const noticed = ready === undefined || ready.status === "True" ? NaN : Date.parse(ready.lastTransitionTime);
  const cluster = await clusterAt(site);
  const found = Number.isNaN(noticed) ? [] : [{ name: "noticed", at: Math.max(noticed, faultAt), resolution: 1 }];
  return [...found, ...promotionMarks(cluster.status, faultAt)];
}
