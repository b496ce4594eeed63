import { valueOf } from "../fact.ts";
import type { Draft, Found, SiteView } from "./draft.ts";
import { items } from "./items.ts";

/**
 * The site's own servers [R6]: what they cost a month, with the power, room and line that they take, is what the user
 * says. Nothing is an answer; no answer is unknown.
 */
export function serverCost({ site, zone }: SiteView): Found {
  const unknown: string[] = [];
  const lines = zone.inputs
    .get("servers")
    .items()
    .flatMap((server): readonly Draft[] => {
      const name = valueOf(server.get("name").text()) ?? "unnamed";
      const monthly = server.get("monthlyCost").number();
      if (monthly.state !== "known") {
        unknown.push(`${site}: what server ${name} costs a month: ${monthly.why} (0 is an answer)`);
        return [];
      }
      return [
        {
          site,
          what: `server ${name}, as declared`,
          item: items.server(name),
          quantity: 1,
          unit: "month",
          ownPrice: monthly.value,
          urns: [zone.urn],
          serves: ["R6"],
        },
      ];
    });
  return { lines, unknown };
}
