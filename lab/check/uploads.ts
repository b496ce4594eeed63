import { createHash } from "node:crypto";
import { z } from "zod";
import { succeeded } from "../load/history.ts";
import type { Entry } from "../load/history.ts";
import { bodyOf } from "../load/plan.ts";
import type { StoredFile } from "../platform/media.ts";
import { lossProblems } from "./check.ts";
import { lossSummary } from "./lost.ts";
import type { LostWrite, Losses } from "./lost.ts";

/** What a check of users' files looks at. Times: milliseconds since 1970. */
export interface UploadEvidence {
  readonly service: string;
  readonly entries: readonly Entry[];
  /** The files that are there after everything was healed. */
  readonly files: readonly StoredFile[];
  readonly bodyBytes: number;
  readonly faultAt: number;
  /** Uploads of at most so long before the fault may be lost, seconds. */
  readonly rpo: number;
}

/** Is every acknowledged upload there, whole, and nothing that was never sent? */
export function checkUploads({ service, entries, files, bodyBytes, faultAt, rpo }: UploadEvidence): {
  readonly losses: Losses;
  readonly problems: readonly string[];
} {
  const there = new Map(files.map(({ name, sha256 }) => [name, sha256]));
  const sent = new Set<string>();
  const lost: LostWrite[] = [];
  let [acknowledged, unacknowledged] = [0, 0];
  for (const entry of entries) {
    const { id, group, end } = entry;
    if (group.operation !== "upload" || id === undefined) continue;
    sent.add(id);
    if (succeeded(entry)) {
      acknowledged++;
      if (!there.has(id)) lost.push({ id, age: (faultAt - end) / 1000 });
    } else if (there.has(id)) unacknowledged++;
  }
  const strange = [...there.keys()].filter((name) => !sent.has(name));
  const damaged = [...there].filter(([name, sha256]) => sent.has(name) && sha256 !== digestOf(name, bodyBytes));
  const losses = {
    acknowledged,
    ...lossSummary(lost),
    damaged: damaged.map(([name]) => name),
    strange,
    unacknowledged,
  };
  return { losses, problems: lossProblems(losses, rpo).map((text) => `files of ${service}: ${text}`) };
}

const digestOf = (name: string, bytes: number): string =>
  createHash("sha256").update(bodyOf(name, bytes)).digest("hex");

const stored = z.array(z.object({ name: z.string(), sha256: z.string() }));

/** @param get asks the service for a path (`/media/SERVICE/`) and gives the body of its answer */
export async function readUploads(
  service: string,
  get: (path: string) => Promise<string>,
): Promise<readonly StoredFile[]> {
  return stored.parse(JSON.parse(await get(`/media/${service}/`)));
}
