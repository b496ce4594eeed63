import type { Cut } from "../network/line.ts";
import { ReplicationWatch } from "./replication-watch.ts";
import type { Caused, Drill, Scene, SiteNames } from "./drill.ts";

const HOLD = 40;

async function cut({ network, standby }: Scene, way: Cut): Promise<Caused> {
  const replication = await ReplicationWatch.begin(standby.site);
  const at = Date.now();
  await network.line.cut(way);
  return {
    at,
    heal: () => network.line.heal(),
    marks: () => Promise.resolve(replication.noticed()),
    again: () => Promise.resolve(replication.end()),
  };
}

/** D1: the line between the sites is cut [C3]: both ways, and one way only. */
export function linkDrills({ primary, standby }: SiteNames): readonly Drill[] {
  const oneWay = (from: string, to: string): Drill => ({
    id: "D1",
    title: `Link cut from ${from} to ${to} only`,
    fault: `link:${from}>${to}`,
    hold: HOLD,
    behind: standby,
    cause: (scene) => cut(scene, { from, to }),
  });
  const [first = "", second = ""] = [primary, standby].sort();
  return [
    {
      id: "D1",
      title: "Link cut, both ways",
      fault: `link:${first}-${second}`,
      short: true,
      hold: HOLD,
      behind: standby,
      cause: (scene) => cut(scene, { between: [primary, standby] }),
    },
    oneWay(primary, standby),
    oneWay(standby, primary),
  ];
}
