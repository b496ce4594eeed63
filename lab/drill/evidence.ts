import { check } from "../check/check.ts";
import type { Checked } from "../check/check.ts";
import type { SiteStore } from "../check/evidence.ts";
import type { Losses } from "../check/lost.ts";
import { checkUploads } from "../check/uploads.ts";
import { succeeded } from "../load/history.ts";
import type { Entry } from "../load/history.ts";
import type { StoredFile } from "../platform/media.ts";
import { predictedLoss } from "../result/prediction.ts";
import type { Prediction } from "../result/schema.ts";
import { UPLOADING, drilledServices } from "./load.ts";
import type { DrilledService } from "./load.ts";

/** What the stores hold after a run. */
export interface Stores {
  readonly services: ReadonlyMap<DrilledService, readonly SiteStore[]>;
  readonly files: readonly StoredFile[] | undefined;
}

/** What was stored by former runs: it has to stay, and is not told a second time. */
export class Former {
  /** Acknowledged writes and uploads that were there after the run in which they were sent, by their ids. */
  readonly #kept = new Map<string, Entry>();
  /** All ids that were ever sent. */
  readonly #sent = new Set<string>();

  get kept(): readonly Entry[] {
    return [...this.#kept.values()];
  }

  /** Is it of a former run, and none that has to be there? */
  isForgotten(id: string): boolean {
    return this.#sent.has(id) && !this.#kept.has(id);
  }

  /** What was lost, and might be: it need not be there from now on. */
  forget(ids: readonly string[]): void {
    for (const id of ids) this.#kept.delete(id);
  }

  /** @param sound nothing was wrong: what was acknowledged has to be there from now on */
  add(entries: readonly Entry[], sound: boolean): void {
    if (!sound) this.#kept.clear();
    for (const entry of entries) {
      if (entry.id === undefined) continue;
      this.#sent.add(entry.id);
      if (sound && succeeded(entry)) this.#kept.set(entry.id, entry);
    }
  }
}

/** What a check of a run is held against. */
export interface CheckSettings {
  /** The site whose copy counts. */
  readonly authority: string;
  readonly bodyBytes: number;
  readonly faultAt: number;
  readonly prediction: Prediction | null;
}

/** Losses, beside what was stated. */
export interface Counted extends Losses {
  /** A service, or `files`. */
  readonly of: string;
  /** Seconds before the fault; Infinity where no bound was stated. */
  readonly predicted: number;
}

/** Was something lost, stored on two sides, or stored otherwise than sent? */
export function checkRun(
  entries: readonly Entry[],
  { services, files }: Stores,
  former: Former,
  { authority, bodyBytes, faultAt, prediction }: CheckSettings,
): {
  readonly problems: readonly string[];
  /** How old the answers of each server were. */
  readonly staleness: Checked["staleness"];
  readonly unchecked: readonly string[];
  /** Of what was read. */
  readonly losses: readonly Counted[];
} {
  const all = [...former.kept, ...entries];
  const problems: string[] = [];
  const unchecked: string[] = [];
  const staleness: Checked["staleness"][number][] = [];
  const losses: Counted[] = [];
  for (const [service, store] of Object.entries(drilledServices) as readonly [DrilledService, string][]) {
    const stores = services
      .get(service)
      ?.map(({ site, rows }) => ({ site, rows: rows.filter(({ id }) => !former.isForgotten(id)) }));
    if (!stores?.some(({ site }) => site === authority)) {
      unchecked.push(`what ${service} stored was not read: losses and split brain of ${store} are not measured`);
      continue;
    }
    const of = all.filter(({ group }) => group.service === service && group.operation !== "upload");
    const rpo = statedLoss(prediction, store);
    const evidence = { service, entries: of, stores, authority, bodyBytes, faultAt };
    const found = check(evidence, { rpo, age: new Map() });
    staleness.push(...found.staleness);
    losses.push({ of: service, predicted: rpo, ...found.losses });
    problems.push(...found.problems);
  }
  if (files === undefined) unchecked.push(`users' files were not read: their losses are not measured`);
  else {
    const uploads = { service: UPLOADING, entries: all, files: files.filter(({ name }) => !former.isForgotten(name)) };
    const rpo = statedLoss(prediction, `uploads:${UPLOADING}-media@${authority}`);
    const found = checkUploads({ ...uploads, bodyBytes, faultAt, rpo });
    losses.push({ of: "files", predicted: rpo, ...found.losses });
    problems.push(...found.problems);
  }
  return { problems, staleness, unchecked, losses };
}

/** Without a prediction no loss is stated: none may happen. */
const statedLoss = (prediction: Prediction | null, subject: string): number =>
  prediction === null ? 0 : predictedLoss(prediction, subject);
