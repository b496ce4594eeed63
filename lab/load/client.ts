import { Addresses } from "./addresses.ts";
import type { Answer } from "./addresses.ts";
import type { Entry } from "./history.ts";
import { bodyOf } from "./plan.ts";
import type { Group } from "./plan.ts";
import type { Request, Requester, Result } from "./requester.ts";

type Record = Omit<Entry, "group" | "client">;

/** What the clients of a group have in common. */
export interface ClientSettings {
  readonly group: Group;
  readonly requester: Requester;
  readonly resolve: () => Promise<Answer>;
  readonly now: () => number;
  readonly bodyBytes: number;
}

/** One client: it resolves, sends, and says what it saw. */
export class Client {
  readonly #settings: ClientSettings;
  readonly #addresses: Addresses;

  constructor(settings: ClientSettings) {
    this.#settings = settings;
    this.#addresses = new Addresses(settings.group.kind, settings.resolve, settings.now);
  }

  /** Sends what was due at `start`. Never rejects: a failure is a record. @param id of the write, if it is one */
  async send(start: number, id: string): Promise<Record> {
    const { group, requester, now, bodyBytes } = this.#settings;
    const lag = Math.max(0, now() - start);
    const own = group.operation === "read" ? {} : { id };
    let addresses: readonly string[];
    try {
      addresses = await this.#addresses.candidates();
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
      return { start, end: now(), lag, status: 0, error: `dns ${code}`, ...own };
    }
    const result = await requester.send(requestOf(group, id, start, bodyBytes), addresses);
    const { status, address, error } = result;
    return {
      start,
      end: now(),
      lag,
      status,
      ...own,
      ...(address === undefined ? {} : { address }),
      ...(error === undefined ? answerOf(group, id, result) : { error }),
    };
  }
}

function requestOf({ service, operation }: Group, id: string, start: number, bodyBytes: number): Request {
  if (operation === "read") return { method: "GET", path: `/api/${service}/newest` };
  if (operation === "upload") return { method: "PUT", path: `/media/${service}/${id}`, body: bodyOf(id, bodyBytes) };
  const body = JSON.stringify({ id, sentAt: start, body: bodyOf(id, bodyBytes) });
  return { method: "POST", path: `/api/${service}/writes`, body };
}

/** A success that is none of the platform's answers (a notice page, another write's id) is an error. */
function answerOf({ operation }: Group, id: string, { status, text }: Result): Partial<Record> {
  if (status < 200 || status > 299) return {};
  try {
    const value = JSON.parse(text) as { readonly [name: string]: unknown };
    if (operation === "upload") return value["id"] === id ? {} : { error: "strange answer" };
    if (operation === "write") {
      const server = value["server"] as { readonly name: string; readonly system: string; readonly term: string };
      if (value["id"] !== id || !server.name) return { error: "strange answer" };
      return { by: `${server.name}/${server.system}/${server.term}` };
    }
    const write = value["write"] as { readonly id: string; readonly sentAt: number } | null;
    if (write === undefined || (write && !Number.isFinite(write.sentAt))) return { error: "strange answer" };
    return { by: String(value["server"]), newest: write && { id: write.id, sentAt: write.sentAt } };
  } catch {
    return { error: "strange answer" };
  }
}
