import {
  CNPG_READINESS_PERIOD,
  CNPG_STARTUP_PERIOD,
  ENDPOINT_SYNC,
  KUBELET_RELIST,
  POSTGRES_START,
} from "../constants.ts";
import type { Constant } from "../constants.ts";
import { unknown } from "../fact.ts";
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

/** The start of the process itself. */
export function startOf(restart: Restart, what: string, trail: Trail): Stage | undefined {
  const budget = restart.start ?? unknown<number>("nothing declared bounds it");
  return stageOf("started", budget, `longest start that the probes of ${what} allow`, trail);
}

/**
 * A container that ended: the kubelet notices, starts it, its probes pass, and traffic finds it again.
 *
 * @param database the start of a database, whose startup probe must leave room for any crash recovery and so bounds nothing
 */
export function afterCrash(
  restart: Restart,
  what: string,
  trail: Trail,
  database?: Constant,
): readonly Stage[] | undefined {
  const started: Stage | undefined = database
    ? { name: "started", seconds: database.value, from: database.source, urns: [] }
    : startOf(restart, what, trail);
  if (database && restart.start?.state === "known")
    trail.say(
      `${what} is taken to have a small log to recover from; with a longer one its start takes up to ${restart.start.value} s, then its startup probe gives up`,
      restart.start.source.urn,
    );
  return allStages([
    { name: "detected", seconds: KUBELET_RELIST.value, from: KUBELET_RELIST.source, urns: [] },
    started,
    stageOf("ready", restart.readiness, `start-up and readiness probes of ${what}`, trail),
    { name: "connected", seconds: ENDPOINT_SYNC.value, from: ENDPOINT_SYNC.source, urns: [] },
  ]);
}

/** A container that hangs is killed only when its liveness probe has failed, and gets its grace period first. */
export function afterHang(
  restart: Restart,
  what: string,
  trail: Trail,
  database?: Constant,
): readonly Stage[] | undefined {
  const crash = afterCrash(restart, what, trail, database);
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
  if (restart) return afterCrash(restart, what, trail, POSTGRES_START);
  return [
    { name: "detected", seconds: KUBELET_RELIST.value, from: KUBELET_RELIST.source, urns: [] },
    { name: "started", seconds: POSTGRES_START.value, from: POSTGRES_START.source, urns: [] },
    { name: "restarted", seconds: CNPG_STARTUP_PERIOD.value, from: CNPG_STARTUP_PERIOD.source, urns: [] },
    { name: "ready", seconds: CNPG_READINESS_PERIOD.value, from: CNPG_READINESS_PERIOD.source, urns: [] },
    { name: "connected", seconds: ENDPOINT_SYNC.value, from: ENDPOINT_SYNC.source, urns: [] },
  ];
}
