import type { SiteContext } from "./context.ts";

/** Longest wait for an answer of PostgreSQL, and of the instance manager, seconds: together below the probe's time-out. */
const SERVER_ANSWERS = 3;
const MANAGER_ANSWERS = 2;

/** Where the instance manager listens for the processes of its own pod (CloudNativePG 1.27 to 1.30, pkg/management/url). */
const MANAGER_PORT = 8010;

/**
 * Fails when the instance manager does not answer (whatever it says), or when a postmaster runs and does not answer. It
 * passes while the server refuses connections, which it does as it starts, recovers or stops (`pg_isready` ends with 1),
 * and while the manager runs no server at all: fenced, between two starts, in the middle of pg_rewind. A server with no
 * connection left still answers. Nothing of it asks the API server, so that its absence stops no database.
 */
export const hangQuestion = (managerPort = MANAGER_PORT): string =>
  [
    `exec 3<>/dev/tcp/localhost/${managerPort} || exit 1`,
    String.raw`printf 'GET / HTTP/1.0\r\n\r\n' >&3`,
    `read -r -t ${MANAGER_ANSWERS} _ <&3 || exit 1`,
    `pg_isready -q -t ${SERVER_ANSWERS}`,
    "[ $? -eq 2 ] || exit 0",
    'read -r pid 2>/dev/null <"$PGDATA/postmaster.pid" || exit 0',
    // A negative number is that of a server for one user, which has no socket.
    'read -r name 2>/dev/null <"/proc/$pid/comm" || exit 0',
    '[ "$name" != postgres ]',
  ].join("\n");

/**
 * Liveness probe of the only instance, in place of the operator's, which asks the instance manager alone: a server that
 * hangs beside a living manager would stay so. Silence for 30 s, as long as the operator's own default for its manager
 * (`livenessProbeTimeout`, CloudNativePG 1.27), is four questions in a row: load makes a server slow, and a restart costs more
 * than a few slow seconds. What has not answered by then takes no orderly shutdown either: 5 s, and the kernel ends
 * stopped processes too; the log makes that safe.
 */
export const HANG_PROBE = {
  exec: { command: ["bash", "-c", hangQuestion()] },
  // The operator reads the patched pod over its own one, of which all stays that is not written (1.27 to 1.30, pkg/specs/pods.go):
  // without this the probe would ask in two ways, which the API server refuses.
  httpGet: null,
  periodSeconds: 6,
  timeoutSeconds: 6,
  failureThreshold: 4,
  successThreshold: 1,
  terminationGracePeriodSeconds: 5,
} as const;

/**
 * Annotations of the Cluster. Where it has several instances the operator's readiness probe finds the silent one and
 * another takes over; its liveness probe must stay then, since it stops a primary that is cut off from all others. So it
 * stays where the site has several in any role: a switchover must not restart what it is about to promote.
 */
export function clusterAnnotations({ topology, cluster }: SiteContext): { annotations?: Record<string, string> } {
  const most = Math.max(...Object.values(topology.postgres.maxInstances));
  if (Math.min(most, cluster.nodes) > 1) return {};
  const container = "/spec/containers/0";
  const patch = [
    // Of another container the operator refuses it, instead of asking the wrong one.
    { op: "test", path: `${container}/name`, value: "postgres" },
    { op: "replace", path: `${container}/livenessProbe`, value: HANG_PROBE },
  ];
  return { annotations: { "cnpg.io/podPatch": JSON.stringify(patch) } };
}
