import type { Drill, SiteNames } from "./drill.ts";
import { siteDown } from "./site-down.ts";

/** D14: a dead site's address leaves the public DNS: how long clients of three kinds are affected. */
export const clientsDrill = ({ primary }: SiteNames): Drill => ({
  ...siteDown(primary, ({ primary: { site } }) => site),
  id: "D14",
  title: `${primary} down, as clients of three kinds see it`,
  kinds: true,
});
