import { tri } from "./tri.ts";
import type { Tri } from "./tri.ts";
import type { World } from "./world.ts";

/** Are a site's volumes gone that its provider keeps? They outlive their servers and zones, whatever redundancy they have. */
export function managedLost(world: World, site: string, what: string, urn: string | undefined): Tri {
  const lost = world.has(`volumes:${site}`);
  if (lost) world.trail.say(`${what} lay on volumes that the provider of ${site} kept, which are lost`, urn);
  return tri(lost);
}
