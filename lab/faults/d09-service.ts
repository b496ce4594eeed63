import type { Drill, SiteNames } from "./drill.ts";
import { crash, slowStartDifference } from "./pods.ts";

/** D9: a service crashes at the site that takes the writes, in all its pods at once [C8]. */
export const serviceDrill = ({ primary }: SiteNames): Drill => ({
  id: "D9",
  title: `core at ${primary} crashes`,
  fault: `process:core@${primary}`,
  hold: "recovery",
  differences: [slowStartDifference(`core at ${primary}, in D9`)],
  cause: ({ primary: { site } }) =>
    crash(
      { site, namespace: "platform", selector: "app.kubernetes.io/name=core", containers: ["core"] },
      { slow: true },
    ),
});
