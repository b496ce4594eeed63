import { setInterval } from "node:timers";
import { LOOK_SECONDS, lastMarks, restartMarks } from "../drill/restart-marks.ts";
import type { PodStatus, Sight } from "../drill/restart-marks.ts";
import type { Marks } from "../drill/marks.ts";
import { isAlive, signal } from "../network/mark.ts";
import { PodProcesses } from "../site/pods.ts";
import type { ContainerProcess } from "../site/pods.ts";
import { listens } from "../site/sockets.ts";
import type { KubernetesObject } from "../site/api.ts";
import type { Site } from "../site/site.ts";

/** A pod of which one container is watched. */
export interface WatchedPod {
  readonly uid: string;
  readonly server: string;
  readonly restarts: number;
  /** What it runs before the fault; the same commands are looked for afterwards. */
  readonly processes: readonly ContainerProcess[];
  /** Where it answers; absent: nobody can see whether it does. */
  readonly port?: number;
  /** For so long, seconds, its next start is held back: as long as a slow one may take. */
  readonly hold?: number;
}

export interface WatchOptions {
  readonly site: Site;
  readonly namespace: string;
  readonly container: string;
  readonly pods: readonly WatchedPod[];
  readonly hung: boolean;
  /** Does the new process answer? @default somebody waits on the container's port */
  readonly isUp?: (process: ContainerProcess, sinceMs: number) => boolean;
}

/** A watch ends by itself, should nobody ask what it saw. */
const LONGEST_MS = 600_000;

interface PodObject extends KubernetesObject {
  readonly status: PodStatus;
}
interface EventObject extends KubernetesObject {
  readonly reason?: string;
  readonly message?: string;
  readonly involvedObject?: { readonly uid?: string; readonly fieldPath?: string };
}

/** Looks at containers from before a fault until their pods are ready again: at the API, and at their processes. */
export class RestartWatch {
  readonly #options: WatchOptions;
  readonly #pods: readonly Seen[];
  readonly #stop = new AbortController();

  private constructor(options: WatchOptions) {
    this.#options = options;
    this.#pods = options.pods.map((pod) => new Seen(pod, options));
  }

  static async begin(options: WatchOptions): Promise<RestartWatch> {
    const watch = new RestartWatch(options);
    const { site, namespace, hung, container } = options;
    const stop = watch.#stop.signal;
    const find = (uid: string | undefined): Seen | undefined => watch.#pods.find(({ pod }) => pod.uid === uid);
    const pods = `/api/v1/namespaces/${namespace}/pods`;
    await site.api.follow<PodObject>(
      pods,
      ({ object }) => find(object.metadata.uid)?.sights.push({ at: Date.now(), status: object.status }),
      stop,
    );
    if (hung)
      await site.api.follow<EventObject>(
        `/api/v1/namespaces/${namespace}/events`,
        ({ object: { reason, involvedObject } }) => {
          const seen = find(involvedObject?.uid);
          if (reason === "Killing" && involvedObject?.fieldPath === `spec.containers{${container}}` && seen)
            seen.killingAt ??= Date.now();
        },
        stop,
      );
    const timer = setInterval(() => watch.#pods.forEach((seen) => seen.look()), LOOK_SECONDS * 1000);
    const limit = setTimeout(() => watch.#stop.abort(), LONGEST_MS);
    stop.addEventListener("abort", () => {
      clearInterval(timer);
      clearTimeout(limit);
      watch.#pods.forEach((seen) => seen.release());
    });
    return watch;
  }

  /** What was seen; ends the watch. */
  end(): Marks {
    this.#stop.abort();
    const { container, hung } = this.#options;
    return lastMarks(this.#pods.map((seen) => restartMarks(container, { ...seen.all, sights: seen.sights }, hung)));
  }
}

/** What is seen of one pod. */
class Seen {
  readonly pod: WatchedPod;
  readonly sights: Sight[] = [];
  killingAt: number | undefined;
  readonly #options: WatchOptions;
  readonly #found: PodProcesses;
  readonly #commands: ReadonlySet<string>;
  #goneAt: number | undefined;
  #upAt: number | undefined;
  #held: { readonly until: number; readonly processes: ContainerProcess[] } | undefined;

  constructor(pod: WatchedPod, options: WatchOptions) {
    this.pod = pod;
    this.#options = options;
    this.#found = new PodProcesses(pod.server, pod.uid);
    this.#commands = new Set(pod.processes.map(({ command }) => command));
  }

  get all(): { restartsBefore: number; killingAt?: number; goneAt?: number; upAt?: number } {
    return {
      restartsBefore: this.pod.restarts,
      ...(this.killingAt === undefined ? {} : { killingAt: this.killingAt }),
      ...(this.#goneAt === undefined ? {} : { goneAt: this.#goneAt }),
      ...(this.#upAt === undefined ? {} : { upAt: this.#upAt }),
    };
  }

  look(): void {
    if (this.#upAt !== undefined) return;
    const now = Date.now();
    if (this.#goneAt === undefined) {
      if (this.pod.processes.some(({ mark }) => isAlive(mark))) return;
      this.#goneAt = now;
    }
    const started = this.#found.now().filter(({ command }) => this.#commands.has(command));
    if (started.length === 0) return;
    if (this.#isHeld(started, now)) return;
    const { isUp = ({ mark }) => this.pod.port !== undefined && listens(mark.pid, this.pod.port) } = this.#options;
    const since = this.#goneAt;
    if (started.some((process) => isUp(process, since))) this.#upAt = now;
  }

  /** Stops a new process where it is until its time is over, before it answers anybody. */
  #isHeld(started: readonly ContainerProcess[], now: number): boolean {
    const { hold } = this.pod;
    if (hold === undefined) return false;
    this.#held ??= { until: now + hold * 1000, processes: [] };
    if (now >= this.#held.until) {
      this.release();
      return false;
    }
    for (const process of started)
      if (!this.#held.processes.some(({ mark }) => mark.pid === process.mark.pid)) {
        signal(process.mark, "SIGSTOP");
        this.#held.processes.push(process);
      }
    return true;
  }

  release(): void {
    for (const { mark } of this.#held?.processes ?? []) signal(mark, "SIGCONT");
  }
}
