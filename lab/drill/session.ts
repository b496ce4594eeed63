import { join } from "node:path";
import { usuallyUnserved } from "../../resilience/analyse/index.ts";
import { publicCertificates } from "../apply/public-certificates.ts";
import type { SiteStore } from "../check/evidence.ts";
import type { Drill as Fault, Scene } from "../faults/drill.ts";
import { lateness } from "../load/carried.ts";
import type { Carried } from "../load/carried.ts";
import { predictionOf } from "../result/prediction.ts";
import type { Drill, Prediction } from "../result/schema.ts";
import { Stacks } from "../stage/replan.ts";
import type { Stage } from "../stage/stage.ts";
import { Former } from "./evidence.ts";
import type { Stores } from "./evidence.ts";
import { judgeDrill, judgeRun } from "./judge.ts";
import type { JudgedRun } from "./judge.ts";
import { WORLD_PLACE, askedRate, drilledServices } from "./load.ts";
import type { DrilledService } from "./load.ts";
import { lossesWith, outcomeOf } from "./predictions.ts";
import { NotReady, runOnce } from "./run.ts";
import { filesAt, storeAt } from "./stores.ts";

const BODY_BYTES = 200;
/** Between two real sites of one country; the plan states no distance. */
export const LINE = { delayMs: 10, jitterMs: 1 } as const;

export interface SessionSettings {
  readonly runs: number;
  readonly short: boolean;
}

/** Drills on a stage, one after the other. Once the system is not well any more, no further one is run. */
export class Session {
  readonly #stage: Stage;
  readonly #scene: Scene;
  readonly #settings: SessionSettings;
  readonly #host: string;
  readonly #former = new Former();
  readonly #carried: Carried[] = [];
  #count = 0;
  #broken: string | undefined;

  constructor(stage: Stage, settings: SessionSettings) {
    this.#stage = stage;
    this.#settings = settings;
    this.#scene = sceneOf(stage);
    const [certificate] = publicCertificates(this.#scene.primary.planned.objects);
    const host = certificate?.dnsNames[0];
    if (host === undefined) throw new Error("the plan has no public host that clients could ask");
    this.#host = host;
  }

  /** What the load was before each fault. */
  get carried(): readonly Carried[] {
    return this.#carried;
  }

  /** Why a drill can't be shown on this stage; undefined: it can. */
  lacking({ needs }: Fault): string | undefined {
    const { name, lacks } = this.#scene.primary.planned;
    const reason = needs === undefined ? undefined : lacks?.[needs];
    return reason && `can't be shown on this stage: ${name}: ${reason}`;
  }

  async drill(fault: Fault, say: (text: string) => void): Promise<Drill> {
    const { runs, short } = this.#settings;
    const { judgement } = this.#stage.plan;
    const outcome =
      fault.predict === undefined ? outcomeOf(judgement, fault.fault) : await fault.predict(this.#scene, judgement);
    const lacking = this.lacking(fault);
    if (lacking !== undefined) return judgeDrill(fault, outcome, [], [lacking]);
    const judged: JudgedRun[] = [];
    const why: string[] = [...(fault.notes ?? [])];
    for (let number = 1; number <= runs; number++) {
      if (this.#broken !== undefined) {
        why.unshift(this.#broken);
        break;
      }
      const told = runs > 1 ? (text: string): void => say(`run ${number} of ${runs}: ${text}`) : say;
      try {
        judged.push(await this.#run(fault, outcome, short, told));
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        why.unshift(`run ${number} was not measured: ${reason}`);
        if (error instanceof NotReady) {
          this.#former.add(error.entries, false);
          this.#broken = `not run: ${reason}`;
        } else this.#broken = `not run: the run before it failed, and what it left is unknown (${reason})`;
      }
    }
    return judgeDrill(fault, outcome, judged, why);
  }

  async #run(
    fault: Fault,
    outcome: ReturnType<typeof outcomeOf>,
    short: boolean,
    say: (text: string) => void,
  ): Promise<JudgedRun> {
    const { run, plan } = this.#stage;
    const name = `drill-${++this.#count}`;
    const unread: string[] = [];
    const result = await runOnce(this.#scene, fault, {
      name,
      folder: run.room("load", name),
      host: this.#host,
      ca: join(run.room("public-authority"), "ca.crt"),
      bodyBytes: BODY_BYTES,
      short,
      predictedSeconds: outcome?.recovery.seconds ?? null,
      expected: {
        addresses: new Map(plan.sites.map((site) => [site.publicAddress, site.name])),
        sites: plan.sites.map((site) => site.name),
        unserved: usuallyUnserved(plan.judgement.system),
      },
      read: () => this.#stores((text) => void unread.push(text)),
      say,
    });
    const { carried, findings } = result;
    // A peak is told with its own drill: the usual load is what the others had.
    if (fault.load === undefined) this.#carried.push(carried);
    const stated =
      outcome === undefined || fault.restores === undefined
        ? undefined
        : lossesWith(plan.judgement, outcome, fault.restores(this.#scene));
    const settings = { outcome, stated, former: this.#former, bodyBytes: BODY_BYTES };
    const judged = judgeRun(fault, result, { ...settings, authority: this.#scene.primary.site.name });
    this.#former.add(result.entries, judged.run.problems.length === 0 && unread.length === 0);
    this.#former.forget(judged.lost);
    if (result.unhealed.length > 0)
      this.#broken = `not run: the system was not well after ${fault.id} (${fault.fault})`;
    const peak =
      fault.load === undefined
        ? []
        : [peakText(askedRate([WORLD_PLACE, ...plan.sites.map((site) => site.name)], fault.load), carried)];
    return {
      ...judged,
      run: { ...judged.run, problems: [...judged.run.problems, ...findings.problems] },
      figures: [...judged.figures, ...(findings.figures ?? [])],
      notes: [...judged.notes, ...findings.notes, ...peak, ...lateness(result.entries), ...unread],
    };
  }

  /** What cannot be read is told, and is not there. */
  async #stores(tell: (text: string) => void): Promise<Stores> {
    const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
      try {
        return await work();
      } catch (error) {
        tell(error instanceof Error ? error.message : String(error));
        return undefined;
      }
    };
    const services = new Map<DrilledService, readonly SiteStore[]>();
    // The copy first: a write that arrives while they are read is then not taken for one that the copy alone has.
    const sites = [this.#scene.standby.site, this.#scene.primary.site];
    for (const service of Object.keys(drilledServices) as readonly DrilledService[]) {
      const found: SiteStore[] = [];
      for (const site of sites) {
        const store = await attempt(() => storeAt(site, service));
        if (store !== undefined) found.push(store);
      }
      services.set(service, found);
    }
    return { services, files: await attempt(() => filesAt(this.#scene.primary.site)) };
  }
}

const peakText = (asked: number, { attempted, inTime, succeeded }: Carried): string =>
  `${asked} requests per second were asked; before the fault ${attempted} were due, ${inTime} sent in time, ${succeeded} succeeded`;

function sceneOf({ plan, sites, network }: Stage): Scene {
  const of = (role: string) => {
    const name = plan.topology.sites.find((site) => site.role === role)?.name;
    const found = sites.find(({ site }) => site.name === name);
    if (found === undefined) throw new Error(`the topology has no ${role} site on stage`);
    return found;
  };
  let opened: Promise<Stacks> | undefined;
  const stacks = (): Promise<Stacks> => (opened ??= Stacks.open(plan));
  const predicted = (fault: string): Prediction | null => {
    const outcome = outcomeOf(plan.judgement, fault);
    return outcome === undefined ? null : predictionOf(outcome);
  };
  return { network, primary: of("primary"), standby: of("standby"), stacks, predicted };
}
