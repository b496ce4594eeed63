import type { Drill, SiteNames } from "./drill.ts";
import { siteDown } from "./site-down.ts";

/** D2: the site that takes the writes is down [C1]. */
export const primaryDownDrill = ({ primary }: SiteNames): Drill => ({
  ...siteDown(primary, ({ primary: { site } }) => site),
  id: "D2",
});
