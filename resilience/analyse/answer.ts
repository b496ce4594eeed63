import type { Tri } from "./tri.ts";

/** How a request ends. `code` is what the client or the next proxy gets when it is not answered. */
export interface Answer {
  readonly ok: Tri;
  readonly stale: Tri;
  /** Turned away with a page that says so, not left hanging. */
  readonly refused: boolean;
  readonly code: number;
  /** Not answered, and yet other requests of the same kind are. */
  readonly sometimes?: boolean;
}

export const OK: Answer = { ok: "yes", stale: "no", refused: false, code: 200 };
export const UNKNOWN: Answer = { ok: "unknown", stale: "unknown", refused: false, code: 0 };

export function failed(code: number): Answer {
  return { ok: "no", stale: "no", refused: false, code };
}
