import type { Backend, Proxy } from "../system.ts";
import type { Request } from "./routes.ts";
import type { World } from "./world.ts";

/** Does a backend that fails neither answer nor refuse? */
export function isSilent(world: World, from: string, backend: Backend): boolean {
  if (backend.service === undefined) return false;
  if (world.has(`hung:${backend.service}@${backend.site}`)) return true;
  if (backend.site === from) return false;
  return world.silentBetween(from, backend.site) || world.has(`hung:proxy@${backend.site}`);
}

/** Longest that a proxy waits for a silent backend, which each request to it does; `Infinity`: it hangs. */
export function waitFor(world: World, proxy: Proxy, backend: Backend, request: Request): number | undefined {
  const isWrite = request.asks === "write";
  const who = `the proxy at ${proxy.site}`;
  const asked = isWrite ? "writes" : "reads";
  const [toDial, toAnswer] = isWrite
    ? [proxy.writeDialTimeout, proxy.writeTimeout]
    : [proxy.dialTimeout, proxy.firstByteTimeout];
  const dial = world.trail.read(toDial, `dial time-out of ${asked} of ${who}`);
  const answer = world.trail.read(toAnswer, `time-out of ${asked} of ${who}`);
  if (dial === undefined || answer === undefined) return undefined;
  const longest = dial + answer;
  const what = `${backend.service ?? "it"} at ${backend.site} is silent and refuses nothing: each ${isWrite ? "write" : "read"} that ${who} sends there`;
  world.trail.say(
    Number.isFinite(longest)
      ? `${what} waits up to ${longest} s (${dial} s to connect, ${answer} s for an answer) before anything else is tried or said`
      : `${what} hangs, as no time-out ends it (${Number.isFinite(dial) ? "responseHeaderTimeout" : "dialTimeout"}): no other backend is tried and no notice is shown`,
    proxy.urn,
    ...[toDial, toAnswer].flatMap((fact) => (fact.state === "known" ? [fact.source.urn] : [])),
  );
  return longest;
}
