import { setInterval } from "node:timers";
import type { Marks } from "../drill/marks.ts";
import { LOOK_RESOLUTION, LOOK_SECONDS } from "../drill/restart-marks.ts";
import { isAlive } from "../network/mark.ts";
import type { ProcessMark } from "../network/mark.ts";
import { PodProcesses } from "../site/pods.ts";
import type { ContainerProcess } from "../site/pods.ts";
import type { Site } from "../site/site.ts";
import { podsOf } from "./pods.ts";

/** PostgreSQL's own word on a process (14-18, update_process_title): it tells a position once it has received something. */
export const isStreaming = ({ command }: Pick<ContainerProcess, "command">): boolean =>
  /^postgres: .*walreceiver streaming [0-9A-F]+\/[0-9A-F]+/.test(command);

const LONGEST_MS = 600_000;

/** Looks at the process by which a standby receives: when it gives up, and when another one receives. */
export class ReplicationWatch {
  readonly #pods: readonly PodProcesses[];
  readonly #timer: NodeJS.Timeout;
  #receiver: ProcessMark | undefined;
  #gaveUpAt: number | undefined;
  #receivesAt: number | undefined;

  private constructor(pods: readonly PodProcesses[]) {
    this.#pods = pods;
    this.#look();
    const end = Date.now() + LONGEST_MS;
    this.#timer = setInterval(() => {
      this.#look();
      if (Date.now() > end) clearInterval(this.#timer);
    }, LOOK_SECONDS * 1000);
  }

  static async begin(site: Site): Promise<ReplicationWatch> {
    const namespace = "platform";
    const pods = await podsOf({
      site,
      namespace,
      selector: `cnpg.io/cluster=pg-${site.name}`,
      containers: ["postgres"],
    });
    return new ReplicationWatch(pods.map(({ metadata, spec }) => new PodProcesses(spec.nodeName ?? "", metadata.uid)));
  }

  /** When the standby noticed that nothing came any more. */
  noticed(): Marks {
    return this.#gaveUpAt === undefined
      ? []
      : [{ name: "cut noticed", at: this.#gaveUpAt, resolution: LOOK_RESOLUTION }];
  }

  /** When it received again; ends the watch. */
  end(): Marks {
    clearInterval(this.#timer);
    return this.#receivesAt === undefined
      ? []
      : [{ name: "replication again", at: this.#receivesAt, resolution: LOOK_RESOLUTION }];
  }

  #look(): void {
    const now = Date.now();
    if (this.#receiver !== undefined && !isAlive(this.#receiver)) {
      this.#gaveUpAt ??= now;
      this.#receiver = undefined;
      this.#receivesAt = undefined;
    }
    if (this.#receiver !== undefined) return;
    this.#receiver = this.#pods.flatMap((pod) => pod.now()).find(isStreaming)?.mark;
    if (this.#receiver !== undefined && this.#gaveUpAt !== undefined) this.#receivesAt = now;
  }
}
