import type { Site } from "../site/site.ts";
import type { Drill, Scene } from "./drill.ts";

/** Long enough that resolvers, and the clients that ask them, have noticed several times over. */
const HOLD = 45;

/** A site loses its power, all servers at once, and gets it back. */
export const siteDown = (name: string, siteOf: (scene: Scene) => Site): Omit<Drill, "id"> => ({
  title: `${name} down: the power of all its servers cut`,
  fault: `site:${name}`,
  hold: HOLD,
  dead: name,
  cause: async (scene) => {
    const site = siteOf(scene);
    await site.kill();
    return { heal: () => site.start() };
  },
});
