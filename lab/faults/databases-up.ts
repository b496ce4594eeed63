import { readFileSync, statSync } from "node:fs";
import type { Mark, Marks } from "../drill/marks.ts";
import type { ContainerProcess } from "../site/pods.ts";
import type { Site } from "../site/site.ts";

/** Where CloudNativePG has the data (1.27, pkg/specs/volumes.go), and PostgreSQL its own word on its state. */
const LOCK_FILE = "var/lib/postgresql/data/pgdata/postmaster.pid";
/** Its eighth line tells whether connections are taken (PostgreSQL 10-18, src/include/utils/pidfile.h, LOCK_FILE_LINE_PM_STATUS). */
const STATUS_LINE = 8;

/** Does a server take connections, by the words of its lock file? */
export const takesConnections = (lockFile: string): boolean =>
  lockFile.split("\n")[STATUS_LINE - 1]?.trim() === "ready";

/** Has PostgreSQL, in the container of a process, recovered since a moment (milliseconds since 1970)? A killed one leaves its file behind. */
export function postgresIsUp({ mark }: ContainerProcess, since: number): boolean {
  const file = `/proc/${mark.pid}/root/${LOCK_FILE}`;
  try {
    return statSync(file).mtimeMs >= since && takesConnections(readFileSync(file, "utf8"));
  } catch {
    return false;
  }
}

/** Said when a member takes writes (MongoDB 4.4-8.0, src/mongo/db/repl/replication_coordinator_impl.cpp, id 21331). */
const PRIMARY_ID = 21331;
/** The log tells milliseconds. */
const LOG_RESOLUTION = 0.01;

/** When a member became the primary after a fault, by its log; several times: the last one. */
export function electionMarks(log: string, faultAt: number): Marks {
  const times = log.split("\n").flatMap((line) => {
    try {
      const { id, t } = JSON.parse(line) as { readonly id?: number; readonly t?: { readonly $date?: string } };
      const at = Date.parse(t?.$date ?? "");
      return id === PRIMARY_ID && at >= faultAt ? [at] : [];
    } catch {
      // A line that is no entry of the log.
      return [];
    }
  });
  return times.slice(-1).map((at): Mark => ({ name: "elected", at, resolution: LOG_RESOLUTION }));
}

/** The log of a container of a pod since a moment. @throws where it is not told */
export async function logOf(
  site: Site,
  { namespace, pod, container }: { readonly namespace: string; readonly pod: string; readonly container: string },
  since: number,
): Promise<string> {
  const when = encodeURIComponent(new Date(since).toISOString());
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log?container=${container}&sinceTime=${when}`;
  const { status, text } = await site.api.request("GET", path);
  if (status !== 200) throw new Error(`${site.name}: the log of ${pod} is not told: ${status} ${text.slice(0, 200)}`);
  return text;
}
