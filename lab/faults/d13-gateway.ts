import type { Drill, SiteNames } from "./drill.ts";
import { crash, slowStartDifference } from "./pods.ts";

/** D13: the overlay's gateway dies at the site that takes the writes. */
export const gatewayDrill = ({ primary, standby }: SiteNames): Drill => ({
  id: "D13",
  title: `Gateway of ${primary} dies`,
  fault: `gateway:${primary}`,
  hold: "recovery",
  differences: [slowStartDifference(`the gateway's forwarder at ${primary}, in D13`)],
  behind: standby,
  cause: ({ primary: { site } }) =>
    crash(
      {
        site,
        namespace: "overlay",
        selector: "app.kubernetes.io/name=gateway",
        containers: ["wireguard", "forward"],
      },
      // Of the two it is the one that has a start-up probe, and waits for the other.
      { container: "forward", slow: true },
    ),
});
