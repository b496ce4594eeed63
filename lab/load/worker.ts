import { Resolver } from "node:dns/promises";
import { createWriteStream, readFileSync } from "node:fs";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Answer } from "./addresses.ts";
import { Client } from "./client.ts";
import { entryLine, footerLine, headerLine } from "./history.ts";
import type { Entry } from "./history.ts";
import { readWorkerPlan } from "./plan.ts";
import type { WorkerPlan } from "./plan.ts";
import { Requester } from "./requester.ts";
import { Schedule } from "./schedule.ts";

/**
 * A process that sends the requests of some groups until its standard input is closed, which happens too when the process
 * that started it dies. Its argument: the file of its plan.
 */

const LOOK_MILLISECONDS = 5;
/** As a stub resolver has it (glibc 2.36: 5 s and two tries), but quicker to say that nobody answers. */
const RESOLVER = { timeout: 2000, tries: 2 };
/** Answers are waited for at the end; what is then under way is logged as `unfinished`: it may have been stored. */
const DRAIN_MILLISECONDS = 2000;

// Goes on evenly while somebody sets the machine's clock, and is comparable between processes.
const now = (): number => performance.timeOrigin + performance.now();

async function work(plan: WorkerPlan): Promise<void> {
  const out = createWriteStream(plan.history, { flags: "wx" });
  out.write(`${headerLine(plan.name, plan.bodyBytes, plan.groups)}\n`);
  const { host, port, connectMilliseconds, readMilliseconds, writeMilliseconds } = plan;
  const ca = readFileSync(plan.ca);
  const resolver = new Resolver(RESOLVER);
  if (plan.resolver !== undefined) resolver.setServers([plan.resolver]);
  const resolve = async (): Promise<Answer> => {
    const records = await resolver.resolve4(host, { ttl: true });
    const ttlSeconds = Math.min(...records.map(({ ttl }) => ttl));
    return { addresses: records.map(({ address }) => address), ttlSeconds };
  };
  const begin = now();
  const requesters: Requester[] = [];
  const groups = plan.groups.map((group) => {
    // Groups share no connections: each would hide from the other that an address is dead.
    const answerMilliseconds = group.operation === "read" ? readMilliseconds : writeMilliseconds;
    const clients = group.clients;
    const requester = new Requester({ host, port, ca, connectMilliseconds, answerMilliseconds, clients });
    requesters.push(requester);
    const settings = { group, requester, resolve, now, bodyBytes: plan.bodyBytes };
    const all = Array.from({ length: clients }, () => new Client(settings));
    return { group, clients: all, schedule: new Schedule(group.perSecond, begin, Math.random), sent: 0 };
  });
  let due = 0;
  const underWay = new Map<number, Pick<Entry, "client" | "start" | "id"> & { readonly index: number }>();
  const log = (index: number, entry: Omit<Entry, "group">): void => void out.write(`${entryLine(index, entry)}\n`);

  let stopping = false;
  process.stdin.on("end", () => (stopping = true)).on("error", () => (stopping = true));
  process.stdin.resume();
  process.on("SIGTERM", () => (stopping = true)).on("SIGINT", () => undefined);

  while (!stopping) {
    const time = now();
    for (const [index, state] of groups.entries()) {
      const { group, clients } = state;
      for (const start of state.schedule.due(time)) {
        const number = due++;
        const client = state.sent++ % clients.length;
        const id = `${plan.name}-${number}`;
        const own = group.operation === "read" ? {} : { id };
        if (underWay.size >= plan.mostUnderWay) {
          log(index, { client, start, end: start, lag: 0, status: 0, error: "not-sent", ...own });
          continue;
        }
        underWay.set(number, { index, client, start, ...own });
        void clients[client]?.send(Math.round(start * 10) / 10, id).then((entry) => {
          if (underWay.delete(number)) log(index, { client, ...entry });
        });
      }
    }
    await sleep(LOOK_MILLISECONDS);
  }

  const last = now() + DRAIN_MILLISECONDS;
  while (underWay.size > 0 && now() < last) await sleep(20);
  const end = now();
  for (const { index, client, start, id } of underWay.values()) {
    log(index, { client, start, end, lag: 0, status: 0, error: "unfinished", ...(id === undefined ? {} : { id }) });
  }
  underWay.clear();
  out.end(`${footerLine({ end, due })}\n`);
  await once(out, "close");
  for (const requester of requesters) requester.close();
}

work(readWorkerPlan(JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")))).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
