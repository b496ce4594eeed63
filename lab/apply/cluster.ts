import type { CommandResult } from "../binaries/command.ts";

/** As much of a Kubernetes object as its application looks at. */
export interface PlannedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

/** A cluster that objects can be put on. */
export interface Cluster {
  readonly name: string;
  kubectl(args: readonly string[], input?: string): Promise<CommandResult>;
}

/** Runs kubectl and returns what it printed. @throws when it fails. */
export async function must(cluster: Cluster, args: readonly string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await cluster.kubectl(args, input);
  if (code !== 0) throw new Error(`${cluster.name}: kubectl ${args.join(" ")}: ${stderr.trim()}`);
  return stdout;
}

const FIELD_MANAGER = "holdfast-drill";

/** Puts objects on a cluster, in their order. @throws naming all that it refuses. */
export async function applyObjects(cluster: Cluster, objects: readonly PlannedObject[]): Promise<void> {
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
  await must(cluster, [...applyWords, "--filename=-"], list);
}

/** Puts files of objects on a cluster, as they are. @throws naming all that it refuses. */
export async function applyFiles(cluster: Cluster, files: readonly string[]): Promise<void> {
  await must(cluster, [...applyWords, ...files.map((file) => `--filename=${file}`)]);
}

const applyWords = ["apply", "--server-side", "--force-conflicts", `--field-manager=${FIELD_MANAGER}`] as const;
