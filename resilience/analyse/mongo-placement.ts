import { valueOf } from "../fact.ts";
import type { MongoMember, Site } from "../system.ts";
import { mostHit } from "./placement.ts";
import { tri } from "./tri.ts";
import type { Tri } from "./tri.ts";
import type { World } from "./world.ts";

/**
 * Was the member on none of the dead servers, in the worst placement that its site's rules allow? As many members as can
 * have been there were there, those first that can be primary and have votes.
 */
export function placedAlive(world: World, member: MongoMember, site: Site): Tri {
  if (site.servers.every(({ name }) => !world.has(`server:${name}`))) return "yes";
  const set = world.system.mongo.find(({ members }) => members.some(({ name }) => name === member.name));
  const peers = (set?.members ?? []).filter((other) => other.site === member.site && other.urn !== undefined);
  const rules = peers.map(({ name, apart }) =>
    apart ? world.trail.read(apart, `what keeps ${name} apart from the other members`) : undefined,
  );
  const alone = peers.length === 1;
  if (!alone && rules.includes(undefined)) {
    world.trail.missing(`what keeps the members of MongoDB at ${site.name} apart`, site.urn);
    return "unknown";
  }
  const strict = !alone && !rules.includes("none");
  const over = rules.every((rule) => rule === "zone") ? "zone" : "node";
  const hit = mostHit(world, site, peers.length, { strict, over });
  const worst = [...peers].sort(
    (a, b) =>
      b.priority - a.priority ||
      b.votes - a.votes ||
      Number(a.arbiter) - Number(b.arbiter) ||
      a.name.localeCompare(b.name, "en"),
  );
  const down = worst.slice(0, hit);
  if (down.length > 0)
    world.trail.say(
      `${down.map(({ name }) => name).join(" and ")} can have been on the dead ${over === "zone" && strict ? "zone's servers" : "servers"}: ${hit} of ${peers.length} at worst, and a volume stays attached to a server that does not answer`,
      ...down.map(({ urn, apart }) => (apart && valueOf(apart) !== undefined ? urn : site.urn)),
    );
  return tri(!down.some(({ name }) => name === member.name));
}
