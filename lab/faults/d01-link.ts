import type { Drill, SiteNames } from "./drill.ts";

const HOLD = 40;

/** D1: the line between the sites is cut [C3]: both ways, and one way only. */
export function linkDrills({ primary, standby }: SiteNames): readonly Drill[] {
  const oneWay = (from: string, to: string): Drill => ({
    id: "D1",
    title: `Link cut from ${from} to ${to} only`,
    fault: `link:${from}>${to}`,
    hold: HOLD,
    behind: standby,
    cause: async ({ network }) => {
      await network.line.cut({ from, to });
      return { heal: () => network.line.heal() };
    },
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
      cause: async ({ network }) => {
        await network.line.cut({ between: [primary, standby] });
        return { heal: () => network.line.heal() };
      },
    },
    oneWay(primary, standby),
    oneWay(standby, primary),
  ];
}
