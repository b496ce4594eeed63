import { TCP_RETRANSMISSION, TCP_SYN_GAP, WIREGUARD_REKEY_TIMEOUT } from "../constants.ts";
import type { DataLoss, Recovery, SiteOutcome, Stage } from "../outcome.ts";
import { valueOf } from "../fact.ts";
import { archiveLooks, HISTORIES, sourceTried } from "./archive-looks.ts";
import { commandsFor } from "./commands.ts";
import type { Step } from "./history.ts";
import { isDegraded } from "./levels.ts";
import type { Levels } from "./levels.ts";
import { allStages, secondsOf, stageOf } from "./restart.ts";
import type { Trail } from "./trail.ts";

/** How service comes back: by itself, by a person's command, or not. */
export function recoveryOf(
  steps: readonly Step[],
  sites: readonly SiteOutcome[],
  losses: readonly DataLoss[],
  normal: ReadonlyMap<string, Levels>,
  trail: Trail,
): Recovery {
  const step = steps.at(-1);
  if (!step) return { seconds: 0, mode: "none-needed", stages: [], commands: [] };
  const stages = [...step.heals.flatMap((each) => each.stages), ...reconnection(steps, trail)];
  const commands = commandsFor(steps, sites, losses, normal);
  const mode = modeOf(steps, sites, losses, normal, commands.length > 0);
  const slowest = sites.reduce<number | null>(
    (worst, { transition }) =>
      worst === null || transition.seconds === null ? null : Math.max(worst, transition.seconds),
    0,
  );
  // What is away from the first moment on comes back with what failed, after a time that nobody knows.
  const waits = slowest === 0 && isDegraded(sites, normal);
  return {
    seconds: mode === "none-needed" || (mode === "automatic" && !waits) ? slowest : null,
    mode,
    stages: unique(stages),
    commands,
  };
}

function modeOf(
  steps: readonly Step[],
  sites: readonly SiteOutcome[],
  losses: readonly DataLoss[],
  normal: ReadonlyMap<string, Levels>,
  byHand: boolean,
): Recovery["mode"] {
  if (losses.some(({ kind }) => kind === "everything")) return "never";
  if (!byHand && sites.length > 0 && sites.every(({ reads }) => reads === "down")) return "never";
  if (byHand) return "manual";
  if (
    sites.some(({ reads, writes }) => reads === "unknown" || writes === "unknown") ||
    sites.some(({ transition }) => transition.seconds === null)
  )
    return "unknown";
  if ([...(steps.at(-1)?.struck.broken ?? [])].some((key) => key.startsWith("array?:"))) return "unknown";
  const degraded = isDegraded(sites, normal);
  // Without their roles nobody can say whether a person would have to promote one.
  const roles = steps[0]?.before.system.postgres.map(({ replica }) => replica.state) ?? [];
  if (degraded && roles.some((state) => state !== "known")) return "unknown";
  const touched = degraded || sites.some(({ transition }) => transition.seconds !== 0);
  return touched || steps.some(({ heals }) => heals.length > 0) ? "automatic" : "none-needed";
}

/** Once a cut line or a dead gateway is back, the tunnel and the replication over it find each other again. */
function reconnection(steps: readonly Step[], trail: Trail): readonly Stage[] {
  const system = steps[0]?.before.system;
  const cut = steps
    .flatMap(({ events }) => events)
    .filter(({ kind }) => ["link", "gateway", "site", "zone"].includes(kind));
  if (!system || cut.length === 0 || system.links.length === 0) return [];
  const keepalive = system.links.map((link) =>
    stageOf(
      "tunnel again",
      link.keepalive,
      `persistent keep-alive of the gateway at ${link.from}, then ${WIREGUARD_REKEY_TIMEOUT.source}`,
      trail,
    ),
  );
  const tunnel = keepalive.flatMap((stage) => (stage ? [plus(stage, WIREGUARD_REKEY_TIMEOUT.value)] : []));
  const standbys = system.postgres.filter((cluster) => valueOf(cluster.replica) === true);
  const noticed = standbys.flatMap((cluster) => {
    const from = `wal_receiver_timeout of ${cluster.name}`;
    const stage = stageOf("cut noticed", cluster.walReceiverTimeout, from, trail);
    if (stage === undefined) return [];
    // Data arrives on until the sender, whose acknowledgements are lost, sends no more.
    const isHeard = cut.every((event) => event.kind === "link" && event.oneWay && event.from === cluster.site);
    if (!isHeard) return [stage];
    return [{ ...plus(stage, TCP_RETRANSMISSION.value), from: `${TCP_RETRANSMISSION.source}; ${from}` }];
  });
  const caughtUp = standbys.flatMap((cluster) => {
    const name = "replication again";
    const parts = allStages([
      sourceTried(name, cluster, trail),
      ...archiveLooks(name, cluster, HISTORIES.source, trail),
    ]);
    if (!parts) return [];
    // One stage of one name, that a drill can tell when it is over.
    const looked = {
      name,
      seconds: secondsOf(parts),
      from: [TCP_SYN_GAP.source, ...parts.map(({ from }) => from)].join("; "),
      urns: [...new Set(parts.flatMap(({ urns }) => urns))],
      governedBy: "setting" as const,
    };
    return [plus(looked, TCP_SYN_GAP.value)];
  });
  return [...noticed, ...tunnel.slice(0, 1), ...caughtUp];
}

/** A stage with what a program adds to it. */
const plus = (stage: Stage, seconds: number): Stage => ({
  ...stage,
  seconds: stage.seconds + seconds,
  governedBy: stage.seconds > seconds ? stage.governedBy : "constant",
});

function unique(stages: readonly Stage[]): readonly Stage[] {
  return [...new Map(stages.map((stage) => [JSON.stringify([stage.name, stage.seconds, stage.from]), stage])).values()];
}
