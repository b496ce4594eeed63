import { CNPG_READINESS_PERIOD, CNPG_STARTUP_PERIOD, ENDPOINT_SYNC, KUBELET_RELIST } from "../constants.ts";
import type { Fact } from "../fact.ts";
import type { Stage } from "../outcome.ts";
import type { Restart } from "../system.ts";
import type { Trail } from "./trail.ts";

/** How something comes back: the keys of `Broken` that it clears, and after how long. */
export interface Heal {
  readonly keys: readonly string[];
  /** Seconds, worst case; `null`: a fact is missing; `Infinity`: not by itself. */
  readonly seconds: number | null;
  readonly stages: readonly Stage[];
}

export function heal(keys: readonly string[], stages: readonly Stage[] | undefined): Heal {
  return { keys, stages: stages ?? [], seconds: stages ? stages.reduce((sum, { seconds }) => sum + seconds, 0) : null };
}

export function never(keys: readonly string[]): Heal {
  return { keys, stages: [], seconds: Infinity };
}

/** A stage whose length is a declared setting; `undefined` (and noted) if it is not known. */
export function stageOf(name: string, fact: Fact<number>, from: string, trail: Trail): Stage | undefined {
  const seconds = trail.read(fact, from);
  return seconds === undefined
    ? undefined
    : { name, seconds, from, urns: fact.state === "known" ? [fact.source.urn] : [] };
}

export function allStages(stages: readonly (Stage | undefined)[]): readonly Stage[] | undefined {
  return stages.every((stage) => stage !== undefined) ? stages : undefined;
}

/** A container that ended: the kubelet notices, starts it, its probes pass, and traffic finds it again. */
export function afterCrash(restart: Restart, what: string, trail: Trail): readonly Stage[] | undefined {
  return allStages([
    { name: "detected", seconds: KUBELET_RELIST.value, from: KUBELET_RELIST.source, urns: [] },
    stageOf(
      "restarted",
      restart.readiness,
      `start-up and readiness probes of ${what}; the time that its own start takes, which nothing declares, comes on top`,
      trail,
    ),
    { name: "connected", seconds: ENDPOINT_SYNC.value, from: ENDPOINT_SYNC.source, urns: [] },
  ]);
}

/** A container that hangs is killed only when its liveness probe has failed, and gets its grace period first. */
export function afterHang(restart: Restart, what: string, trail: Trail): readonly Stage[] | undefined {
  const crash = afterCrash(restart, what, trail);
  return (
    crash &&
    allStages([
      stageOf("detected", restart.hangDetection, `liveness probe of ${what}`, trail),
      stageOf("stopped", restart.grace, `termination grace period of ${what}`, trail),
      ...crash,
    ])
  );
}

/** An instance whose manager died restarts in place; the operator's default probes hold where the cluster gives none. */
export function postgresRestart(
  restart: Restart | undefined,
  what: string,
  trail: Trail,
): readonly Stage[] | undefined {
  if (restart) return afterCrash(restart, what, trail);
  return [
    { name: "detected", seconds: KUBELET_RELIST.value, from: KUBELET_RELIST.source, urns: [] },
    { name: "restarted", seconds: CNPG_STARTUP_PERIOD.value, from: CNPG_STARTUP_PERIOD.source, urns: [] },
    { name: "ready", seconds: CNPG_READINESS_PERIOD.value, from: CNPG_READINESS_PERIOD.source, urns: [] },
    { name: "connected", seconds: ENDPOINT_SYNC.value, from: ENDPOINT_SYNC.source, urns: [] },
  ];
}
