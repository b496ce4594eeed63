import { publicCertificates } from "../apply/public-certificates.ts";
import { ASKED_EVERY_SECONDS, watchName } from "../load/name-watch.ts";
import type { NameQuestion } from "../load/name-watch.ts";
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
    const names = watchName(questionOf(scene, site));
    await names.begun;
    const at = Date.now();
    await site.kill();
    return {
      at,
      marks: async () => {
        const last = await names.end();
        return last === undefined || last < at
          ? []
          : [{ name: "dns check", at: last, resolution: ASKED_EVERY_SECONDS }];
      },
      heal: () => site.start(),
    };
  },
});

/** The site that lives on is asked for the dead one's address, past all resolvers. */
function questionOf({ network, primary, standby }: Scene, dead: Site): NameQuestion {
  const [gone, left] = dead === primary.site ? [primary, standby] : [standby, primary];
  const [certificate] = publicCertificates(primary.planned.objects);
  return {
    enter: network.world.door([]),
    server: left.planned.publicAddress,
    host: certificate?.dnsNames[0] ?? "",
    address: gone.planned.publicAddress,
  };
}
