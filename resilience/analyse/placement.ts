import { valueOf } from "../fact.ts";
import type { Fact } from "../fact.ts";
import type { Server, Site, SpreadDomain } from "../system.ts";
import type { World } from "./world.ts";

/** What keeps pods apart: a rule without which they are not scheduled, and over what. */
export interface Apart {
  readonly strict: boolean;
  readonly over: SpreadDomain;
}

export const TOGETHER: Apart = { strict: false, over: "node" };

/** As a workload's rule was read; where it was not, nothing is relied on. */
export function apartOf(spread: Fact<string> | undefined, over: Fact<SpreadDomain> | undefined): Apart {
  return {
    strict: spread !== undefined && valueOf(spread) === "required",
    over: (over && valueOf(over)) ?? "node",
  };
}

/**
 * Most of a number of pods that can have been on the dead servers of their site: all of them where nothing keeps them
 * apart; else as many as the rule lets into the servers or zones that died.
 */
export function mostHit(world: World, site: Site, count: number, { strict, over }: Apart): number {
  const dead = site.servers.filter(({ name }) => world.has(`server:${name}`));
  if (dead.length === 0) return 0;
  if (!strict) return count;
  const domain = (server: Server): string =>
    over === "node" ? server.name : ((server.zone && valueOf(server.zone)) ?? site.name);
  const touched = new Set(dead.map(domain)).size;
  const domains = new Set(site.servers.map(domain)).size;
  return Math.min(count, touched * Math.ceil(count / domains));
}
