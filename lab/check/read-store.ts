import { z } from "zod";
import type { StoredWrite } from "../platform/store.ts";

const rows = z.array(
  z.object({
    id: z.string(),
    sentAt: z.number(),
    body: z.string(),
    pod: z.string(),
    podAddress: z.string(),
    server: z.object({ name: z.string(), system: z.string(), term: z.string() }),
    storedAt: z.number(),
    tries: z.number(),
  }),
);

/**
 * All that a service's store holds, page by page.
 *
 * @param get asks the service for a path (`/writes?after=…&limit=…`) and gives the body of its answer
 */
export async function readStore(get: (path: string) => Promise<string>, limit = 5000): Promise<readonly StoredWrite[]> {
  const all: StoredWrite[] = [];
  for (;;) {
    const after = encodeURIComponent(all.at(-1)?.id ?? "");
    const page = rows.parse(JSON.parse(await get(`/writes?after=${after}&limit=${limit}`)));
    all.push(...page);
    if (page.length < limit) return all;
  }
}
