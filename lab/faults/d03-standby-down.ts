import type { Drill, SiteNames } from "./drill.ts";
import { siteDown } from "./site-down.ts";

/** D3: the site that stands by is down [C2]. */
export const standbyDownDrill = ({ standby }: SiteNames): Drill => ({
  ...siteDown(standby, ({ standby: { site } }) => site),
  id: "D3",
});
