import { open } from "node:fs/promises";
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
});

/** What a worker says at its end, which it did not reach where this is missing: when that was, and how many requests were due. */
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
export const readHistory = (file: string): Promise<History> => new HistoryReader(file).read();

/** Reads a history while it is written: each time only what has come since. */
export class HistoryReader {
  readonly #file: string;
  readonly #entries: Entry[] = [];
  readonly #texts = new Map<string, string>();
  #head: z.output<typeof header> | undefined;
  #end: Footer | undefined;
  #offset = 0;
  #number = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** @throws as {@link readHistory} does */
  async read(): Promise<History> {
    const bytes = await readFrom(this.#file, this.#offset);
    const whole = bytes.lastIndexOf(LINE_END) + 1;
    this.#offset += whole;
    const lines = bytes.subarray(0, whole).toString("utf8").split("\n").slice(0, -1);
    for (const line of lines) this.#take(line);
    // The last line of a worker that was killed may be whole and lack its end, or be torn.
    const last = bytes.subarray(whole).toString("utf8");
    if (parsed(last) !== undefined) {
      this.#take(last);
      this.#offset += bytes.length - whole;
    }
    if (!this.#head) throw new Error(`${this.#file}: no history`);
    const { worker, bodyBytes, groups } = this.#head;
    const entries = [...this.#entries];
    return { worker, bodyBytes, groups, entries, ...(this.#end ? { footer: this.#end } : {}) };
  }

  #take(text: string): void {
    // The end of a line that was read without it.
    if (text === "" && this.#number > 0) return;
    const place = `${this.#file}, line ${++this.#number}`;
    const value = parsed(text);
    if (value === undefined) throw new Error(`${place}: no JSON`);
    if (!this.#head) this.#head = header.parse(value);
    else if (typeof value === "object" && value !== null && "end" in value) this.#end = footer.parse(value);
    else this.#entries.push(toEntry(value as Line, this.#head.groups, (one) => this.#once(one), place));
  }

  /** Texts repeat: one copy of each is kept. */
  #once(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    this.#texts.set(text, text);
    return text;
  }
}

const LINE_END = 0x0a;

async function readFrom(file: string, offset: number): Promise<Buffer> {
  const handle = await open(file, "r");
  try {
    const { size } = await handle.stat();
    const bytes = Buffer.alloc(Math.max(0, size - offset));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset);
    return bytes.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Undefined: no JSON, in which nothing is undefined. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
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
