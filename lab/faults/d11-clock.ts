import { must } from "../apply/cluster.ts";
import { eventually } from "../network/wait.ts";
import type { Site } from "../site/site.ts";
import type { Drill, Findings, SiteNames } from "./drill.ts";
import { primaryPod, sql } from "./postgres.ts";
import { clusterPath } from "../site/postgres-cluster.ts";

const NAMESPACE = "platform";
/** Beyond every time-out of the plan, and within the times for which certificates hold. */
const JUMP_SECONDS = 3600;
const HOLD = 30;
const RESTARTED_WITHIN_MS = 180_000;
/** Where libfaketime reads what it adds to the clock; a folder of the pod's own that may be written to. */
const FILE = "/controller/clock";
/** How often it reads that, seconds. */
const READS_EVERY = 1;

/** What makes a program of the image ask libfaketime for the time; the clock that never jumps stays as it is. */
const environment = [
  { name: "LD_PRELOAD", value: "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1" },
  { name: "FAKETIME_TIMESTAMP_FILE", value: FILE },
  { name: "FAKETIME_CACHE_DURATION", value: String(READS_EVERY) },
  { name: "FAKETIME_DONT_FAKE_MONOTONIC", value: "1" },
  { name: "FAKETIME_DISABLE_SHM", value: "1" },
] as const;

/** D11: the clock of PostgreSQL's primary jumps by an hour, and back. */
export const clockDrill = ({ primary }: SiteNames): Drill => ({
  id: "D11",
  title: "The clock of PostgreSQL's primary jumps by an hour, and back",
  fault: `clock:${primary}`,
  hold: HOLD,
  notes: [
    "a difference from the plan, for this drill only: the cluster's env loads libfaketime into PostgreSQL; its instance manager, a " +
      "static program, keeps the true time",
    "MongoDB's clock was left alone",
  ],
  prepare: async ({ primary: { site } }) => {
    await setEnvironment(site, environment);
    return () => setEnvironment(site, []);
  },
  cause: async ({ primary: { site } }) => {
    const pod = await primaryPod(site);
    await setClock(site, pod, JUMP_SECONDS);
    const seen: number[] = [];
    return {
      heal: async () => {
        // How far it was off when the fault ended: a clock that never jumped shows nothing.
        seen.push(await aheadBy(site).catch(() => NaN));
        await setClock(site, pod, 0);
      },
      findings: async () => clockFindings(seen, await aheadBy(site)),
    };
  },
});

/** Did the clock jump, and is it right again? @param during seconds ahead while the fault lasted @param after and after it */
export function clockFindings(during: readonly number[], after: number): Findings {
  const [jump = NaN] = during;
  const near = (value: number, wanted: number): boolean => Math.abs(value - wanted) < 60;
  return {
    problems: [
      ...(near(jump, JUMP_SECONDS) ? [] : [`the server's clock did not jump: it was ${jump} s ahead`]),
      ...(near(after, 0) ? [] : [`the server's clock is still ${after} s ahead`]),
    ],
    notes: [
      `the server told a time ${Math.round(jump)} s ahead while the fault lasted, ${Math.round(after)} s after it`,
    ],
  };
}

const aheadBy = async (site: Site): Promise<number> => {
  const [seconds = ""] = await sql(site, "select extract(epoch from clock_timestamp())");
  return Math.round(Number(seconds) - Date.now() / 1000);
};

async function setClock(site: Site, pod: string, seconds: number): Promise<void> {
  const words = ["sh", "-c", `echo +${seconds} >${FILE}.new && mv ${FILE}.new ${FILE}`];
  await must(site, [
    "exec",
    pod,
    `--namespace=${NAMESPACE}`,
    "--container=postgres",
    "--",
    "env",
    "-u",
    "LD_PRELOAD",
    ...words,
  ]);
}

interface Pod {
  readonly metadata: { readonly uid: string };
  readonly spec: {
    readonly containers: readonly { readonly name: string; readonly env?: readonly { readonly name: string }[] }[];
  };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Is it ready, with or without libfaketime? */
function runsWith({ spec, status }: Pod, wanted: boolean): boolean {
  const container = spec.containers.find(({ name }) => name === "postgres");
  const has = container?.env?.some(({ name }) => name === "LD_PRELOAD") === true;
  return (
    has === wanted && status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") === true
  );
}

/** Changes the environment of the site's PostgreSQL, and waits until it runs with it. */
async function setEnvironment(
  site: Site,
  env: readonly { readonly name: string; readonly value: string }[],
): Promise<void> {
  await site.api.patch(clusterPath(site), {
    spec: { env },
  });
  const wanted = env.length > 0;
  const pods = `/api/v1/namespaces/${NAMESPACE}/pods?labelSelector=${encodeURIComponent(`cnpg.io/cluster=pg-${site.name},cnpg.io/podRole=instance`)}`;
  const runs = async (): Promise<boolean> => {
    const { items } = await site.api.get<{ readonly items: readonly Pod[] }>(pods);
    return items.length > 0 && items.every((pod) => runsWith(pod, wanted));
  };
  await eventually(`${site.name}: PostgreSQL runs with another environment`, runs, RESTARTED_WITHIN_MS, 500);
}
