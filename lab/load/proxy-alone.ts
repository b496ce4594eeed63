import { HEALTH_PATH } from "../../components/proxy-config.ts";
import type { Machine } from "../network/machine.ts";

const SECONDS = 10;
/** Enough that the proxy is never idle while an answer is on its way. */
const CONNECTIONS = 32;

/** What a proxy answers when nobody stands behind it. */
export interface Capacity {
  /** Requests per second that were answered well. */
  readonly perSecond: number;
  /** Answers that were no good ones, and connections that failed. */
  readonly failed: number;
}

/**
 * How many requests per second a site's proxy answers by itself: TLS, the choice of a route, and an answer of its own, over
 * connections that stay open. wrk sends as fast as it is answered, on the same processors.
 *
 * @param from the machine at which wrk runs
 * @throws where wrk fails, or prints what was not expected
 */
export const proxyAlone = async (from: Machine, wrk: string, address: string): Promise<Capacity> =>
  capacityOf(
    await from.must([
      wrk,
      ...["--threads", "1", "--connections", String(CONNECTIONS), "--duration", `${SECONDS}s`],
      `https://${address}${HEALTH_PATH}`,
    ]),
  );

/** @param printed what wrk 4.1 prints: requests, seconds, and lines for errors where there were any */
export function capacityOf(printed: string): Capacity {
  const done = /^\s*(\d+) requests in ([\d.]+)s/m.exec(printed);
  if (done === null) throw new Error(`wrk does not tell how many requests it made:\n${printed}`);
  const bad = Number(/^\s*Non-2xx or 3xx responses: (\d+)/m.exec(printed)?.[1] ?? 0);
  const [, errors = ""] = /^\s*Socket errors: (.*)/m.exec(printed) ?? [];
  const broken = [...errors.matchAll(/\d+/g)].reduce((sum, [count]) => sum + Number(count), 0);
  return { perSecond: Math.round((Number(done[1]) - bad) / Number(done[2])), failed: bad + broken };
}

export const capacityText = ({ perSecond, failed }: Capacity): string =>
  `the proxy alone carries ${perSecond} requests per second on this machine, beside the clusters and what asks it: over TLS, on ` +
  `${CONNECTIONS} connections that stay open, ${SECONDS} s long, with an answer of its own` +
  (failed > 0 ? `; ${failed} failed` : "");
