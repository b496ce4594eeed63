import { crashPostgres } from "./d04-database.ts";
import type { Drill, SiteNames } from "./drill.ts";

/** D1 and D4 at once: the line is cut while PostgreSQL's primary is killed. */
export function bothDrill({ primary, standby }: SiteNames): Drill {
  const [first = "", second = ""] = [primary, standby].sort();
  return {
    id: "D1+D4",
    title: "Link cut and PostgreSQL's primary killed at once",
    fault: `link:${first}-${second}+process:postgres@${primary}`,
    hold: 40,
    behind: standby,
    cause: async (scene) => {
      const { line } = scene.network;
      await line.cut({ between: [primary, standby] });
      return { ...(await crashPostgres(scene)), heal: () => line.heal() };
    },
  };
}
