import { isDeepStrictEqual } from "node:util";
import { known, unknown } from "../fact.ts";
import type { Fact } from "../fact.ts";
import type { Restart } from "../system.ts";
import { combine, orDefault } from "./field.ts";
import type { Field } from "./field.ts";

/** What the API server fills in where a probe does not say (Kubernetes 1.33, `core/v1` Probe). Seconds and counts. */
const PROBE = {
  initialDelaySeconds: 0,
  periodSeconds: 10,
  timeoutSeconds: 1,
  successThreshold: 1,
  failureThreshold: 3,
} as const;

/** Applied where `terminationGracePeriodSeconds` is absent (Kubernetes 1.33, `core/v1` PodSpec). */
const GRACE = 30;

/** What `DefaultTolerationSeconds` gives to pods that name no toleration of their own (Kubernetes 1.33), seconds. */
const TOLERATION = 300;

/**
 * How a pod is restarted, seconds.
 *
 * @param main the container whose death or hang it is about; without it every container is, and the slowest counts
 */
export function restartOf(podSpec: Field, main?: Field): Restart {
  const containers = podSpec.get("containers").items();
  const none = unknown<number>(`${podSpec.path}.containers can't be read`, podSpec.source);
  const watched = main ? [main] : containers;
  // A pod is ready when all of its containers are; one without a probe holds nothing up.
  const awaited = containers.filter(
    (container) => container.path === main?.path || !container.get("readinessProbe").absent,
  );
  const declared = podSpec.get("terminationGracePeriodSeconds");
  const grace = orDefault(declared, declared.number(), GRACE);
  return {
    hangDetection: worstOf(watched.map(hangDetection), none),
    readiness: worstOf((main ? awaited : containers).map(readiness), none),
    start: worstOf(awaited.map(startBudget), none),
    grace,
    hangGrace: worstOf(
      watched.map((container) => graceOf(container.get("livenessProbe"), grace)),
      grace,
    ),
    toleration: tolerationOf(podSpec.get("tolerations")),
  };
}

/** How long a pod stays on a node that stopped answering. A toleration without a time is for ever. */
export function tolerationOf(tolerations: Field): Fact<number> {
  if (tolerations.pending || tolerations.secret) return tolerations.read<number>("tolerations", () => undefined);
  const own = tolerations.items().filter((one) => {
    const taint = one.get("key");
    const effect = one.get("effect");
    return (
      (taint.absent || taint.value === "node.kubernetes.io/unreachable") &&
      (effect.absent || effect.value === "NoExecute")
    );
  });
  const [first, ...others] = own.map((one) =>
    orDefault(one.get("tolerationSeconds"), one.get("tolerationSeconds").number(), Infinity),
  );
  return first ? worstOf([first, ...others], first) : known(TOLERATION, tolerations.source);
}

/** A container that nothing declared describes. */
export function unknownRestart(why: string): Restart {
  return { hangDetection: unknown(why), readiness: unknown(why), grace: unknown(why) };
}

function hangDetection(container: Field): Fact<number> {
  const probe = container.get("livenessProbe");
  if (probe.absent) return unknown("there is no liveness probe: a hung process is never noticed", probe.source);
  return failing(probe);
}

/** How long a container may take to start before the kubelet gives up on it and starts it anew. */
function startBudget(container: Field): Fact<number> {
  const startup = container.get("startupProbe");
  if (!startup.absent) return failing(startup);
  const liveness = container.get("livenessProbe");
  if (liveness.absent)
    return unknown("there is no startup or liveness probe: its start may take any time", liveness.source);
  return combine(
    [setting(liveness, "initialDelaySeconds"), failing(liveness)],
    ([delay = 0, failed = 0]) => delay + failed,
    liveness.source,
  );
}

/** Seconds until a container whose readiness probe fails leaves its Services' endpoints, worst case. */
export function unreadyOf(container: Field): Fact<number> {
  const probe = container.get("readinessProbe");
  if (probe.absent) return unknown("there is no readiness probe: a pod never leaves its endpoints", probe.source);
  return failing(probe);
}

/** Seconds from the order to stop that a failed probe brings until the kill: its own, since Kubernetes 1.28, or the pod's. */
export function graceOf(probe: Field, pod: Fact<number>): Fact<number> {
  const own = probe.get("terminationGracePeriodSeconds");
  return own.absent ? pod : own.number();
}

/** Seconds until a probe has failed as often as it must, worst case. */
export function failing(probe: Field): Fact<number> {
  return combine(
    [setting(probe, "periodSeconds"), setting(probe, "failureThreshold"), setting(probe, "timeoutSeconds")],
    ([period = 0, failures = 0, timeout = 0]) => period * failures + timeout,
    probe.source,
  );
}

/** Seconds until a container that had left its Services' endpoints is found ready, worst case: a period for each success. */
export function readyAgainOf(container: Field): Fact<number> {
  const probe = container.get("readinessProbe");
  if (probe.absent) return unknown("there is no readiness probe: a pod never leaves its endpoints", probe.source);
  return combine(
    [setting(probe, "periodSeconds"), setting(probe, "successThreshold")],
    ([period = 0, successes = 0]) => period * successes,
    probe.source,
  );
}

/**
 * What the probes add to the process's own start: the start-up probe and then the readiness probe notice it one period
 * late, and the readiness probe does not ask before its delay. Once the start-up probe has passed the kubelet asks for
 * readiness at once (Kubernetes 1.36, pkg/kubelet/prober/prober_manager.go `UpdatePodStatus`), which counts where both ask
 * the same: what has just been answered is answered again.
 */
function readiness(container: Field): Fact<number> {
  const probe = container.get("readinessProbe");
  if (probe.absent)
    return unknown("there is no readiness probe: requests come before the process answers", probe.source);
  const startup = container.get("startupProbe");
  const atOnce = !startup.absent && asksTheSame(startup, probe) ? 1 : 0;
  return combine(
    [
      setting(probe, "initialDelaySeconds"),
      setting(probe, "periodSeconds"),
      setting(probe, "successThreshold"),
      ...(startup.absent ? [] : [setting(startup, "initialDelaySeconds"), setting(startup, "periodSeconds")]),
    ],
    ([delay = 0, period = 0, successes = 0, startDelay = 0, startPeriod = 0]) =>
      delay + period * (successes - atOnce) + startDelay + startPeriod,
    probe.source,
  );
}

/** Is a container that passed the one probe sure to pass the other, asked a moment later? */
function asksTheSame(startup: Field, readiness: Field): boolean {
  const delay = readiness.get("initialDelaySeconds");
  if (!delay.absent && delay.value !== 0) return false;
  return (["exec", "httpGet", "tcpSocket", "grpc", "timeoutSeconds"] as const).every((part) => {
    const [passed, asked] = [startup.get(part), readiness.get(part)];
    return passed.complete && asked.complete && isDeepStrictEqual(passed.value, asked.value);
  });
}

function setting(probe: Field, name: keyof typeof PROBE): Fact<number> {
  const field = probe.get(name);
  return orDefault(field, field.number(), PROBE[name]);
}

/** The longest time; one that is not known hides the others. */
export function worstOf(facts: readonly Fact<number>[], none: Fact<number>): Fact<number> {
  const [first, ...others] = facts;
  return others.reduce(
    (a, b) => (a.state !== "known" ? a : b.state !== "known" || b.value > a.value ? b : a),
    first ?? none,
  );
}

/** Absent `replicas` is one (Kubernetes 1.33, `apps/v1` Deployment and StatefulSet). */
export function replicasOf(workload: { readonly inputs: Field }): Fact<number> {
  const field = workload.inputs.get("spec", "replicas");
  return orDefault(field, field.number(), 1);
}
