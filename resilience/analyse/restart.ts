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
  return { keys, stages: stages ?? [], seconds: stages ? secondsOf(stages) : null };
}

export function never(keys: readonly string[]): Heal {
  return { keys, stages: [], seconds: Infinity };
}

/** How a time comes about: the stages of what heals then; none for what nobody waits for, or for an unknown time. */
export const stagesFor = (seconds: number | null, heals: readonly Heal[]): readonly Stage[] =>
  seconds === null || seconds === 0 ? [] : (heals.find((each) => each.seconds === seconds)?.stages ?? []);

/** A stage whose length is a fact that was read; `undefined` (and noted) if it is not known. */
export function stageOf(name: string, fact: Fact<number>, from: string, trail: Trail): Stage | undefined {
  const seconds = trail.read(fact, from);
  return seconds === undefined
    ? undefined
    : {
        ...{ name, seconds, from },
        urns: fact.state === "known" ? [fact.source.urn] : [],
        governedBy: fact.state === "known" && fact.source.builtIn ? "constant" : "setting",
      };
}

/** A stage whose length a program builds in. */
export const constantStage = (name: string, { value, source }: Constant, urns: readonly string[] = []): Stage => ({
  ...{ name, seconds: value, from: source, urns },
  governedBy: "constant",
});

export function allStages(stages: readonly (Stage | undefined)[]): readonly Stage[] | undefined {
  return stages.every((stage) => stage !== undefined) ? stages : undefined;
}

/** How long stages take, one after the other. */
export const secondsOf = (stages: readonly Stage[]): number => stages.reduce((sum, { seconds }) => sum + seconds, 0);

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
  const started = database ? constantStage("started", database) : startOf(restart, what, trail);
  if (database && restart.start?.state === "known")
    trail.say(
      `${what} is taken to have a small log to recover from; with a longer one its start takes up to ${restart.start.value} s, then its startup probe gives up`,
      restart.start.source.urn,
    );
  return allStages([
    constantStage("detected", KUBELET_RELIST),
    started,
    stageOf("ready", restart.readiness, `start-up and readiness probes of ${what}`, trail),
    constantStage("connected", ENDPOINT_SYNC),
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
      stageOf("stopped", restart.hangGrace ?? restart.grace, `termination grace period of ${what}`, trail),
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
    constantStage("detected", KUBELET_RELIST),
    constantStage("started", POSTGRES_START),
    constantStage("restarted", CNPG_STARTUP_PERIOD),
    constantStage("ready", CNPG_READINESS_PERIOD),
    constantStage("connected", ENDPOINT_SYNC),
  ];
}
