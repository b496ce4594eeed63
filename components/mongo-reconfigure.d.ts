import type { ReplicaSetConfig } from "./mongo-replica-set-plan.ts";

export interface RunningConfig extends ReplicaSetConfig {
  readonly version: number;
}

export function nextStep(
  current: RunningConfig,
  wanted: ReplicaSetConfig,
  primary: string,
  answering: readonly string[],
): { readonly what: string; readonly config: RunningConfig } | undefined;
