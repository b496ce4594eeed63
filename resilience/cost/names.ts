import type { Field } from "../observe/field.ts";
import { valueOf } from "../fact.ts";
import { ofAzureType, wanted } from "./draft.ts";
import type { Draft, Found, SiteView } from "./draft.ts";
import { items } from "./items.ts";
import type { EndpointKind } from "./items.ts";

/** Traffic Manager's two intervals: 30 s, and 10 s at a price of its own (Traffic Manager endpoint monitoring, 2025). */
const FAST_INTERVAL = 10;

/** Hosted zones, and the endpoints that Traffic Manager watches. Queries are paid by the million: how many is not declared. */
export function namesCost(view: SiteView): Found {
  const unknown: string[] = [];
  const line = { site: view.site, quantity: 1, unit: "month" };
  const zones = ofAzureType(view, "dns:Zone");
  const lines: Draft[] = zones.map(({ urn, inputs, name }) => ({
    ...line,
    what: `DNS zone ${valueOf(inputs.get("zoneName").text()) ?? name}`,
    item: items.dnsZone,
    urns: [urn],
    serves: [],
  }));
  const profiles = ofAzureType(view, "trafficmanager:Profile");
  const apart = ofAzureType(view, "trafficmanager:Endpoint");
  for (const { urn, inputs, name } of profiles) {
    const interval = inputs.get("monitorConfig", "intervalInSeconds");
    // Without an interval Traffic Manager asks every 30 seconds.
    const fast = !interval.absent && wanted(interval.number(), view.site, `interval of ${name}`, unknown);
    const within = inputs.get("endpoints").items();
    const own = profiles.length === 1 ? apart : apart.filter(({ resource }) => resource.dependencies.includes(urn));
    for (const endpoint of [...within, ...own.map((one) => one.inputs)]) {
      const kind = kindOf(endpoint);
      const called = valueOf(endpoint.get(endpoint.path === "" ? "endpointName" : "name").text()) ?? "unnamed";
      if (kind === undefined) {
        unknown.push(
          `${view.site}: what the health checks of endpoint ${called} cost: its type is not one that is known`,
        );
        continue;
      }
      const urns = endpoint.urn === urn ? [urn] : [endpoint.urn, urn];
      const watched = { ...line, urns, serves: ["R5"] };
      lines.push({ ...watched, what: `health checks of endpoint ${called}`, item: items.endpoint(kind) });
      if (fast === FAST_INTERVAL)
        lines.push({
          ...watched,
          what: `checks of endpoint ${called} every ${FAST_INTERVAL} s`,
          item: items.fastEndpoint(kind),
        });
    }
  }
  if (zones.length + profiles.length > 0)
    unknown.push(`${view.site}: queries to DNS: how many come in a month is not declared`);
  return { lines, unknown };
}

/** `Microsoft.Network/trafficManagerProfiles/externalEndpoints`, or its last part. */
function kindOf(endpoint: Field): EndpointKind | undefined {
  switch (
    (valueOf(endpoint.get(endpoint.path === "" ? "endpointType" : "type").text()) ?? "")
      .split("/")
      .at(-1)
      ?.toLowerCase()
  ) {
    case "azureendpoints":
      return "azure";
    case "externalendpoints":
      return "external";
    default:
      return undefined;
  }
}
