import { must } from "../apply/cluster.ts";
import { eventually } from "../network/wait.ts";
import type { Site } from "../site/site.ts";

const NAMESPACE = "platform";
const ENDS_WITHIN_MS = 300_000;

interface Job {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Runs a scheduled job now, to its end. @returns what it said @throws where it fails, with the end of what it said */
export async function runNow(site: Site, scheduled: string): Promise<string> {
  const name = `${scheduled}-${Date.now().toString(36)}`;
  await must(site, ["create", "job", name, `--from=cronjob/${scheduled}`, `--namespace=${NAMESPACE}`]);
  let has = new Set<string>();
  const ended = async (): Promise<boolean> => {
    const { status } = await site.api.get<Job>(`/apis/batch/v1/namespaces/${NAMESPACE}/jobs/${name}`);
    has = new Set((status?.conditions ?? []).filter((one) => one.status === "True").map(({ type }) => type));
    return has.has("Complete") || has.has("Failed");
  };
  await eventually(`${site.name}: ${name} ends`, ended, ENDS_WITHIN_MS, 500);
  const { stdout, stderr } = await site.kubectl(["logs", `job/${name}`, `--namespace=${NAMESPACE}`]);
  if (has.has("Complete")) return stdout;
  const end = (stdout.trim() || stderr.trim()).split("\n").slice(-5).join("\n");
  throw new Error(`${site.name}: ${name} failed: ${end}`);
}
