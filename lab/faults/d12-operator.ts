import { eventually } from "../network/wait.ts";
import { must } from "../apply/cluster.ts";
import { crashPostgres } from "./d04-database.ts";
import type { Drill, SiteNames } from "./drill.ts";

const NAMESPACE = "cnpg-system";
const DEPLOYMENT = "cnpg-controller-manager";
const WITHIN_MS = 90_000;

/** D12: the operator is down while PostgreSQL's primary is killed. */
export const operatorDrill = ({ primary }: SiteNames): Drill => ({
  id: "D12",
  title: "PostgreSQL's primary killed while its operator is down",
  fault: `process:postgres@${primary}`,
  hold: "recovery",
  notes: ["the analysis knows no operator: this is held against the same crash with the operator up"],
  prepare: async ({ primary: { site } }) => {
    const ready = async (): Promise<number> => {
      const words = ["get", "deployment", DEPLOYMENT, `--namespace=${NAMESPACE}`, "--output=json"];
      const { status } = JSON.parse(await must(site, words)) as {
        readonly status: { readonly readyReplicas?: number };
      };
      return status.readyReplicas ?? 0;
    };
    const scale = async (replicas: number): Promise<void> => {
      await must(site, ["scale", "deployment", DEPLOYMENT, `--namespace=${NAMESPACE}`, `--replicas=${replicas}`]);
      const what = `${site.name}: ${replicas} of the operator's pods run`;
      await eventually(what, async () => (await ready()) === replicas, WITHIN_MS, 500);
    };
    await scale(0);
    return () => scale(1);
  },
  cause: crashPostgres,
});
