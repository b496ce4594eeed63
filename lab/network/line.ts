import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { Machine } from "./machine.ts";

/** What a line does to packets, in each direction. */
export interface LineSetting {
  /** Time that a packet takes one way, in milliseconds; default 0. */
  readonly delayMs?: number;
  /** The delay varies evenly by so much up and down, in milliseconds; packets keep their order. Default 0. */
  readonly jitterMs?: number;
  /** Bandwidth of each direction, in megabits per second; default: as much as the machine carries. */
  readonly rateMbit?: number;
  /** Share of packets that are lost, in percent; default 0. */
  readonly lossPercent?: number;
}

/** One direction of the line between two sites. */
export interface Direction {
  readonly from: string;
  readonly to: string;
  /** The TUN device that its packets pass. */
  readonly device: string;
}

/** What is cut: everything, one direction, or both directions between two sites. */
export type Cut =
  "both" | { readonly from: string; readonly to: string } | { readonly between: readonly [string, string] };

/** The directions of the lines between sites, each with a device of its own. */
export const directionsBetween = (sites: readonly string[]): readonly Direction[] =>
  sites.flatMap((from, one) =>
    sites.flatMap((to, other) => (one === other ? [] : [{ from, to, device: `line${one}-${other}` }])),
  );

/** @throws naming each number that cannot be. */
export function checkSetting({ delayMs = 0, jitterMs = 0, rateMbit, lossPercent = 0 }: LineSetting): void {
  const wrong: string[] = [];
  if (!(delayMs >= 0)) wrong.push(`delayMs ${delayMs}: must be 0 or more`);
  if (!(jitterMs >= 0 && jitterMs <= delayMs))
    wrong.push(`jitterMs ${jitterMs}: must be between 0 and delayMs (${delayMs})`);
  if (rateMbit !== undefined && !(rateMbit > 0)) wrong.push(`rateMbit ${rateMbit}: must be more than 0`);
  if (!(lossPercent >= 0 && lossPercent <= 100)) wrong.push(`lossPercent ${lossPercent}: must be between 0 and 100`);
  if (wrong.length > 0) throw new Error(`the line cannot be set:\n${wrong.map((one) => `- ${one}`).join("\n")}`);
}

/** @throws when it names a site that the line does not reach. */
export function isCut(cut: Cut, direction: Direction, directions: readonly Direction[]): boolean {
  if (cut === "both") return true;
  const [from, to] = "between" in cut ? cut.between : [cut.from, cut.to];
  if (!directions.some((one) => one.from === from && one.to === to))
    throw new Error(
      `there is no line from ${from} to ${to}\n  fix: name two of ${[...new Set(directions.map((one) => one.from))].join(", ")}`,
    );
  if (direction.from === from && direction.to === to) return true;
  return "between" in cut && direction.from === to && direction.to === from;
}

/** Time that a packet waits at most for the bandwidth; then it is lost, as in the queue of a router. */
const QUEUE_MS = 100;
/** A packet's size at most, in bytes. */
const PACKET = 1514;

/** The words that limit a device's bandwidth, or that take the limit away. */
export function rateCommand(tc: string, device: string, rateMbit: number | undefined): readonly string[] {
  if (rateMbit === undefined) return [tc, "qdisc", "delete", "dev", device, "root"];
  // A bucket holds what arrives in 10 ms, or a few packets: smaller ones throttle below the rate.
  const burst = Math.ceil(Math.max(4 * PACKET, (rateMbit * 1e6 * 0.01) / 8));
  const rate = `${Math.round(rateMbit * 1e6)}bit`;
  return [
    tc,
    "qdisc",
    "replace",
    "dev",
    device,
    "root",
    "tbf",
    "rate",
    rate,
    "burst",
    `${burst}`,
    "latency",
    `${QUEUE_MS}ms`,
  ];
}

/** The line between the sites: every packet from one to another passes it. */
export class Line {
  readonly #router: Machine;
  readonly #tc: string;
  readonly #program: ChildProcess;
  readonly #directions: readonly Direction[];
  readonly #answers: AsyncIterator<string>;
  readonly #cut = new Set<string>();
  #setting: LineSetting = {};
  #errors = "";
  #rated = false;

  private constructor(router: Machine, programs: { line: string; tc: string }, directions: readonly Direction[]) {
    this.#router = router;
    this.#tc = programs.tc;
    this.#directions = directions;
    const [door = "", ...words] = router.door([programs.line, ...directions.map(({ device }) => device)]);
    this.#program = spawn(door, words, { cwd: "/", stdio: ["pipe", "pipe", "pipe"], detached: true });
    this.#program.on("error", (error) => (this.#errors += error.message));
    this.#program.stderr?.setEncoding("utf8").on("data", (text: string) => (this.#errors += text));
    this.#program.stdin?.on("error", () => undefined);
    const { stdout } = this.#program;
    if (stdout === null) throw new Error("the line's program has no output");
    this.#answers = createInterface({ input: stdout })[Symbol.asyncIterator]();
  }

  /** Makes the devices of the line in the router; routes into them are the caller's. */
  static async lay(
    router: Machine,
    programs: { readonly line: string; readonly tc: string },
    directions: readonly Direction[],
  ): Promise<Line> {
    const line = new Line(router, programs, directions);
    await line.#answer("ready");
    await router.ip(directions.map(({ device }) => `link set ${device} up`));
    return line;
  }

  /** Sets what the line does from now on; what is not named goes back to its default. Cuts stay. */
  async set(setting: LineSetting): Promise<void> {
    checkSetting(setting);
    this.#setting = setting;
    for (const { device } of this.#directions) {
      if (setting.rateMbit !== undefined || this.#rated)
        await this.#router.must(rateCommand(this.#tc, device, setting.rateMbit));
    }
    this.#rated = setting.rateMbit !== undefined;
    await this.#tell();
  }

  /** Lets packets vanish, those on their way included. Nobody is told: each end has to notice for itself. */
  async cut(cut: Cut): Promise<void> {
    for (const one of this.#directions) if (isCut(cut, one, this.#directions)) this.#cut.add(one.device);
    await this.#tell();
  }

  /** Undoes every cut. */
  async heal(): Promise<void> {
    this.#cut.clear();
    await this.#tell();
  }

  async #tell(): Promise<void> {
    const { delayMs = 0, jitterMs = 0, lossPercent = 0 } = this.#setting;
    for (const { device } of this.#directions) {
      const cut = this.#cut.has(device);
      this.#program.stdin?.write(`${JSON.stringify({ device, delayMs, jitterMs, lossPercent, cut })}\n`);
      await this.#answer("ok");
    }
  }

  async #answer(wanted: string): Promise<void> {
    const { value, done } = await this.#answers.next();
    if (done === true || value !== wanted) throw new Error(`the line is dead: ${this.#errors.trim() || value}`);
  }
}
