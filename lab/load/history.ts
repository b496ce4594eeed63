import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { z } from "zod";
import { clientKinds, operations } from "./plan.ts";
import type { Group } from "./plan.ts";

/** A request and what became of it, as its client saw it. Times: milliseconds since 1970 by the machine's one clock. */
export interface Entry {
  readonly group: Group;
  /** Which of the group's clients sent it, from 0. */
  readonly client: number;
  /** When it was due. */
  readonly start: number;
  readonly end: number;
  /** How much later than due it was sent, milliseconds. */
  readonly lag: number;
  /** 0: no answer. */
  readonly status: number;
  /** The address that it was sent to last. */
  readonly address?: string;
  /** A write's id, or the name of an uploaded file. */
  readonly id?: string;
  /** The database server that acknowledged the write, or answered the read. */
  readonly by?: string;
  /** What a read saw as the newest write; null: none. */
  readonly newest?: { readonly id: string; readonly sentAt: number } | null;
  readonly error?: string;
}

/** Was it answered as wanted? */
export const succeeded = ({ status, error }: Entry): boolean => status >= 200 && status < 300 && error === undefined;

const header = z.strictObject({
  history: z.literal(1),
  worker: z.string(),
  bodyBytes: z.int(),
  groups: z.array(
    z.strictObject({
      site: z.string(),
      kind: z.enum(clientKinds),
      service: z.string(),
      operation: z.enum(operations),
      perSecond: z.number(),
      clients: z.int(),
    }),
  ),
});

const footer = z.strictObject({
  end: z.number(),
  due: z.int(),
  notSent: z.int(),
  late: z.int(),
  cpuSeconds: z.number(),
});

/**
 * What a worker says at its end: requests due, not sent because too many were under way, and sent over 100 ms late; and the
 * time of the processor that it took itself.
 */
export type Footer = z.output<typeof footer>;

export const LATE_MILLISECONDS = 100;

export const headerLine = (worker: string, bodyBytes: number, groups: readonly Group[]): string =>
  JSON.stringify({ history: 1, worker, bodyBytes, groups });

/** One line of the history; absent fields are left out, for there are millions of lines. */
export function entryLine(index: number, entry: Omit<Entry, "group">): string {
  const { client, start, end, lag, status, address, id, by, newest, error } = entry;
  const n = newest && [newest.id, newest.sentAt];
  return JSON.stringify({
    g: index,
    c: client,
    t: round(start),
    d: round(end - start),
    ...(lag >= 1 ? { l: round(lag) } : {}),
    s: status,
    a: address,
    i: id,
    b: by,
    n,
    e: error,
  });
}

export const footerLine = (end: Footer): string => JSON.stringify(end);

interface Line {
  readonly g: number;
  readonly c: number;
  readonly t: number;
  readonly d: number;
  readonly l?: number;
  readonly s: number;
  readonly a?: string;
  readonly i?: string;
  readonly b?: string;
  readonly n?: readonly [string, number] | null;
  readonly e?: string;
}

/** A history file, read to its end. */
export interface History {
  readonly worker: string;
  readonly bodyBytes: number;
  readonly groups: readonly Group[];
  readonly entries: readonly Entry[];
  /** Absent where the worker was killed: its last requests may be missing. */
  readonly footer?: Footer;
}

/** @throws an error that names the file and the line, for one that no worker writes; a torn last line is left out */
export async function readHistory(file: string): Promise<History> {
  const lines = createInterface({ input: createReadStream(file, "utf8"), crlfDelay: Infinity });
  let head: z.output<typeof header> | undefined;
  let end: Footer | undefined;
  const entries: Entry[] = [];
  const texts = new Map<string, string>();
  // Texts repeat: one copy of each is kept.
  const once = (text: string): string => texts.get(text) ?? (texts.set(text, text), text);
  let number = 0;
  let torn: string | undefined;
  for await (const text of lines) {
    number++;
    if (torn !== undefined) throw new Error(`${file}, line ${number - 1}: ${torn}`);
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      torn = "no JSON";
      continue;
    }
    if (!head) {
      head = header.parse(value);
      continue;
    }
    if (typeof value === "object" && value !== null && "end" in value) {
      end = footer.parse(value);
      continue;
    }
    entries.push(toEntry(value as Line, head.groups, once, `${file}, line ${number}`));
  }
  if (!head) throw new Error(`${file}: no history`);
  const { worker, bodyBytes, groups } = head;
  return { worker, bodyBytes, groups, entries, ...(end ? { footer: end } : {}) };
}

function toEntry(line: Line, groups: readonly Group[], once: (text: string) => string, where: string): Entry {
  const group = groups[line.g];
  if (
    !group ||
    !Number.isInteger(line.c) ||
    !Number.isFinite(line.t) ||
    !Number.isFinite(line.d) ||
    !Number.isInteger(line.s)
  ) {
    throw new Error(`${where}: no entry of a history`);
  }
  return {
    group,
    client: line.c,
    start: line.t,
    end: line.t + line.d,
    lag: line.l ?? 0,
    status: line.s,
    ...(line.a === undefined ? {} : { address: once(line.a) }),
    ...(line.i === undefined ? {} : { id: line.i }),
    ...(line.b === undefined ? {} : { by: once(line.b) }),
    ...(line.n === undefined ? {} : { newest: line.n && { id: line.n[0], sentAt: line.n[1] } }),
    ...(line.e === undefined ? {} : { error: once(line.e) }),
  };
}

const round = (value: number): number => Math.round(value * 10) / 10;
