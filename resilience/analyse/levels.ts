import type { ServiceLevel, Unserved } from "../outcome.ts";
import { proxyUp, serve } from "./serve.ts";
import type { Answer } from "./answer.ts";
import { postIsRead, requestsOf } from "./routes.ts";
import type { Request } from "./routes.ts";
import { Trail } from "./trail.ts";
import { all } from "./tri.ts";
import type { Tri } from "./tri.ts";
import { World } from "./world.ts";

export interface Levels {
  readonly reads: ServiceLevel;
  readonly writes: ServiceLevel;
}

/** What clients of a site get, and why. */
export interface SiteLevels extends Levels {
  readonly trail: Trail;
  /** Do they still resolve to this site's own addresses? */
  readonly ownSite: boolean;
  /** Requests that are not answered, by name: two states of the same level may differ in them. */
  readonly failing: readonly string[];
  /** Services, and volumes of services, of which not every request is answered. */
  readonly unserved: Unserved;
}

type Answers = Levels & Pick<SiteLevels, "failing" | "unserved">;

const GOODNESS: readonly ServiceLevel[] = ["unknown", "down", "read-only", "partial", "stale", "full"];

/** The worse of two levels; `unknown` is the worst. */
export function worseLevel(a: ServiceLevel, b: ServiceLevel): ServiceLevel {
  return GOODNESS.indexOf(a) <= GOODNESS.indexOf(b) ? a : b;
}

export function isWorse(a: ServiceLevel, b: ServiceLevel): boolean {
  return GOODNESS.indexOf(a) < GOODNESS.indexOf(b);
}

/** Is some site's clients' service worse than while nothing is wrong? */
export function isDegraded(
  sites: readonly (Levels & { readonly site: string })[],
  normal: ReadonlyMap<string, Levels>,
): boolean {
  return sites.some(({ site, reads, writes }) => {
    const usual = normal.get(site);
    return usual !== undefined && (isWorse(reads, usual.reads) || isWorse(writes, usual.writes));
  });
}

/** Does the site's proxy answer browsers? An expired public certificate makes them turn away. */
export function answersClients(world: World, site: string): Tri {
  const proxy = world.system.proxies.find((each) => each.site === site);
  if (!proxy) return "no";
  if (world.has(`expired:public@${site}`)) {
    world.trail.say(
      `the public certificate at ${site} has run out: browsers refuse the site, while the name servers' checks still find it alive`,
      proxy.urn,
    );
    return "no";
  }
  return all([world.addressUp(site), proxyUp(world, proxy)]);
}

/** What the clients of a site get: from its own proxy, or, once the name servers have dropped the site, from the others. */
export function siteLevels(base: World, site: string): SiteLevels {
  const trail = new Trail();
  const world = new World(base.system, base.broken, trail);
  const requests = requestsOf(world.system);
  const nothing = { failing: requests.map(nameOf), unserved: subjectsOf(requests), trail, ownSite: true };
  const down: SiteLevels = { ...nothing, reads: "down", writes: "down" };
  const unclear: SiteLevels = { ...nothing, reads: "unknown", writes: "unknown" };
  if (world.has("names")) {
    trail.say(
      "no name server answers: once caches have run out nobody finds the platform",
      ...world.system.nameServers.map(({ urn }) => urn),
    );
    return down;
  }
  const answers = answersClients(world, site);
  if (answers === "yes") return { ...ownLevels(world, site), trail, ownSite: true };
  if (answers === "unknown") return unclear;
  if (world.has(`stale-dns:${site}`)) {
    trail.say(`clients that resolve to ${site} reach nothing until its address leaves the answers`);
    return down;
  }
  const left = world.system.sites
    .filter(({ name }) => name !== site && !world.has(`stale-dns:${name}`))
    .map(({ name }) => ({ name, answers: answersClients(world, name) }));
  if (left.some((other) => other.answers === "unknown")) return unclear;
  const others = left
    .filter((other) => other.answers === "yes")
    .map(({ name }) => ({ name, levels: ownLevels(world, name) }));
  if (others.length === 0) return down;
  trail.say(
    `clients of ${site} are answered by ${others.map(({ name }) => name).join(" and ")} once the name servers have dropped ${site}`,
  );
  const worst = others
    .map(({ levels }) => levels)
    .reduce((a, b) => ({
      reads: worseLevel(a.reads, b.reads),
      writes: worseLevel(a.writes, b.writes),
      failing: [...a.failing, ...b.failing],
      unserved: bothUnserved(a.unserved, b.unserved),
    }));
  return { ...worst, trail, ownSite: false };
}

function ownLevels(world: World, site: string): Answers {
  const proxy = world.system.proxies.find((each) => each.site === site);
  const requests = requestsOf(world.system);
  if (!proxy || requests.length === 0) {
    world.trail.missing(`no public route of a service at ${site} could be read`);
    return { reads: "unknown", writes: "unknown", failing: [], unserved: subjectsOf(requests) };
  }
  const answers = requests.map((request) => ({ request, answer: serve(world, proxy, request) }));
  const reads = answers.filter(({ request }) => request.asks !== "write");
  const writes = answers.filter(({ request }) => request.asks === "write");
  const bad = answers.filter(({ answer }) => answer.ok !== "yes").map(({ request }) => request);
  return {
    reads: readLevel(world, site, reads),
    writes: writeLevel(world, site, writes),
    failing: bad.map(nameOf),
    unserved: subjectsOf(bad),
  };
}

/** What the requests are for: a volume of users' files, else the service. */
const subjectOf = ({ volume, service }: Request): string => volume ?? service;

export function subjectsOf(requests: readonly Request[]): Unserved {
  const of = (write: boolean): string[] =>
    [...new Set(requests.filter(({ asks }) => (asks === "write") === write).map(subjectOf))].sort();
  return { reads: of(false), writes: of(true) };
}

/** What is unserved in one of two states. */
export function bothUnserved(a: Unserved, b: Unserved): Unserved {
  const union = (one: readonly string[], other: readonly string[]): string[] => [...new Set([...one, ...other])].sort();
  return { reads: union(a.reads, b.reads), writes: union(a.writes, b.writes) };
}

function nameOf({ asks, method, host, path, volume }: Request): string {
  return [asks, method, host, path, volume ?? ""].join(" ");
}

/** Is it the name of a write, among those that fail? */
export function isWrite(name: string): boolean {
  return name.startsWith("write ");
}

type Answered = readonly { readonly request: Request; readonly answer: Answer }[];

function readLevel(world: World, site: string, reads: Answered): ServiceLevel {
  const level = levelOf(reads);
  if (level === "partial") world.trail.say(`at ${site}, reads of ${listed(reads)} fail; others are answered`);
  if (level === "full" && reads.some(({ answer }) => answer.stale === "unknown")) return "unknown";
  return level === "full" && reads.some(({ answer }) => answer.stale === "yes") ? "stale" : level;
}

function writeLevel(world: World, site: string, writes: Answered): ServiceLevel {
  const level = levelOf(writes);
  if (level === "partial") world.trail.say(`at ${site}, writes to ${listed(writes)} fail; others are taken`);
  return level === "down" && writes.every(({ answer }) => answer.refused) ? "read-only" : level;
}

function levelOf(answers: Answered): ServiceLevel {
  if (answers.some(({ answer }) => answer.ok === "unknown")) return "unknown";
  const good = answers.filter(({ answer }) => answer.ok === "yes").length;
  if (good === answers.length) return "full";
  return good === 0 && !answers.some(({ answer }) => answer.sometimes) ? "down" : "partial";
}

function listed(answers: Answered): string {
  const bad = answers.filter(({ answer }) => answer.ok === "no").map(({ request }) => subjectOf(request));
  return [...new Set(bad)].join(", ");
}

/** What somebody at this site who is not signed in gets on signing in. */
export function signIn(
  base: World,
  site: string,
  levels: SiteLevels,
): { readonly state: "works" | "fails" | "unknown"; readonly lifetime: number | null } {
  const trail = levels.trail;
  const world = new World(base.system, base.broken, trail);
  const service = world.system.services.find((each) => each.session !== undefined);
  if (!service?.session) {
    trail.missing("no service says that visitors sign in at it");
    return { state: "unknown", lifetime: null };
  }
  const lifetime = trail.read(service.session, "how long a session lasts") ?? null;
  if (levels.reads === "down") return { state: "fails", lifetime };
  const path = service.signInPath && trail.read(service.signInPath, `the path at which ${service.name} signs in`);
  const route = requestsOf(world.system).find((request) => request.service === service.name && request.asks === "read");
  if (path === undefined || !route) {
    trail.missing(`which path takes the sign-in of ${service.name} is not declared`, service.urn);
    return { state: "unknown", lifetime };
  }
  const reads = postIsRead(world.system, service.name, path);
  const request: Request = { ...route, path, method: "POST", asks: reads ? "read" : "write" };
  const at = levels.ownSite
    ? [site]
    : world.system.sites.map(({ name }) => name).filter((name) => answersClients(world, name) === "yes");
  const answers = world.system.proxies
    .filter((proxy) => at.includes(proxy.site))
    .map((proxy) => serve(world, proxy, request).ok);
  if (answers.length === 0 || answers.includes("no")) {
    trail.say(
      `signing in is a POST at ${path}, and that is refused: whoever is signed in stays so until the session ends, nobody else gets in`,
      service.urn,
    );
    return { state: "fails", lifetime };
  }
  return { state: answers.includes("unknown") ? "unknown" : "works", lifetime };
}
