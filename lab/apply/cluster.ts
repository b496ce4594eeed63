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
  if (code !== 0) throw failed(cluster, args, stderr);
  return stdout;
}

const failed = ({ name }: Cluster, args: readonly string[], stderr: string): Error =>
  new Error(`${name}: kubectl ${args.join(" ")}: ${stderr.trim()}`);

const FIELD_MANAGER = "holdfast-drill";

/** How often objects are put anew because an operator's webhook did not answer, as on a busy machine. */
const TRIES = 4;
/** What an API server says then; another refusal is final (Kubernetes 1.36, admission/plugin/webhook/errors). */
const UNANSWERED = /failed calling webhook .*(context deadline exceeded|connect: connection refused|EOF)/;

/** Did nothing stand in the way but webhooks that gave no answer? */
export const wasUnanswered = (stderr: string): boolean => {
  const lines = stderr.split("\n").filter((line) => line.startsWith("Error from server"));
  return lines.length > 0 && lines.every((line) => UNANSWERED.test(line));
};

/** Puts objects on a cluster, in their order. @throws naming all that it refuses. */
export async function applyObjects(cluster: Cluster, objects: readonly PlannedObject[]): Promise<void> {
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
  const words = [...applyWords, "--filename=-"];
  for (let tries = 1; ; tries++) {
    const { code, stderr } = await cluster.kubectl(words, list);
    if (code === 0) return;
    if (tries === TRIES || !wasUnanswered(stderr)) throw failed(cluster, words, stderr);
  }
}

/** Puts files of objects on a cluster, as they are. @throws naming all that it refuses. */
export async function applyFiles(cluster: Cluster, files: readonly string[]): Promise<void> {
  await must(cluster, [...applyWords, ...files.map((file) => `--filename=${file}`)]);
}

const applyWords = ["apply", "--server-side", "--force-conflicts", `--field-manager=${FIELD_MANAGER}`] as const;
