import { workerPools } from "../components/zone-aks-plan.ts";
import { siteSchema } from "../config/schema.ts";
import { nodeName } from "../resilience/observe/aks.ts";
import { readStackConfig } from "./stack-files.ts";
import type { Project } from "./stack-files.ts";
import { isObject } from "./wire.ts";

type Facts = Readonly<Record<string, unknown>>;

/** The pool of workers with that many nodes, or copies of the first server, which are named after it. */
export function withServers(facts: Facts, count: number): Facts {
  const pool = facts["workerPool"];
  if (facts["platform"] === "aks" && isObject(pool))
    return { ...facts, workerPool: { ...pool, min: count, max: Math.max(count, Number(pool["max"])) } };
  const [first]: readonly unknown[] = Array.isArray(facts["servers"]) ? facts["servers"] : [];
  if (!isObject(first)) return facts;
  const servers = Array.from({ length: count }, (_, index) =>
    index === 0 ? first : { ...first, name: `${String(first["name"])}-${String.fromCharCode(97 + index)}` },
  );
  return { ...facts, servers };
}

/**
 * How a control plane of one's own is started where there is a second server to go on with: a dead one is noticed within 11 s,
 * so that writes are back within 30 s, and four signs of life have to be missing in a row. docs/drills.md weighs it.
 */
export const NOTICED_SOON = { nodeMonitorGraceSeconds: 9, nodeMonitorPeriodSeconds: 1 } as const;

/**
 * The same, as a drill wants it: {@link NOTICED_SOON} unless the config says otherwise, and one server that runs the control
 * plane. One etcd is enough for whoever does not take that server away.
 */
export function withWorkers(facts: Facts, count: number): Facts {
  const { servers, ...more } = withServers(facts, count);
  if (!Array.isArray(servers)) return more;
  return {
    ...NOTICED_SOON,
    ...more,
    servers: servers.map((server: unknown, index) =>
      isObject(server) ? { ...server, controlPlane: index === 0 } : server,
    ),
  };
}

/** Names of a site's servers that take pods, were there so many of them; empty where its config is none. */
export function serversOf(project: Project, site: string, count: number): readonly string[] {
  const facts: unknown = JSON.parse(readStackConfig(project, site).values[`${project.name}:site`] ?? "null");
  if (!isObject(facts)) return [];
  const config = siteSchema.safeParse(count === 1 ? facts : withWorkers(facts, count)).data;
  if (config === undefined) return [];
  return config.platform === "aks"
    ? workerPools(config).flatMap(({ agentPoolName, minCount }) =>
        Array.from({ length: minCount }, (_, index) => nodeName(agentPoolName, index)),
      )
    : config.servers.map(({ name }) => name);
}
