import { normalCapacity } from "../analyse/index.ts";
import { valueOf } from "../fact.ts";
import { Declarations } from "../observe/declarations.ts";
import { sitesOf, zoneOf } from "../observe/zones.ts";
import type { StackResources } from "../resource.ts";
import type { System } from "../system.ts";
import { backupCost } from "./backups.ts";
import type { Cost, CostLine } from "./cost.ts";
import { azureTypeOf, NOTHING, together } from "./draft.ts";
import type { Draft, Found, SiteView } from "./draft.ts";
import { namesCost } from "./names.ts";
import { networkCost, trafficUnknown } from "./network.ts";
import { clusterCost } from "./nodes.ts";
import { otherCost } from "./others.ts";
import { observePrices } from "./prices.ts";
import type { PriceTable } from "./prices.ts";
import { purposesOf } from "./purposes.ts";
import { serverCost } from "./servers.ts";
import { volumeCost } from "./volumes.ts";

/**
 * What the declared resources cost per month at the prices that the Zones declare. A price that the table lacks and a
 * quantity that nothing declares are listed as unknown; neither is guessed.
 *
 * @param system what `observe` reads from the same stacks
 * @throws InputError as `observe` does, for stacks without a Zone
 */
export function costOf(stacks: readonly StackResources[], system: System): Cost {
  const declarations = new Declarations(sitesOf(stacks));
  const views = sitesOf(stacks).map(({ site, stack }) => viewOf(declarations, system, site, stack));
  const table = observePrices(views.map(({ zone }) => zone));
  const prices = valueOf(table);
  const normal = normalCapacity(system);
  const { lines: drafts, unknown } = together(views.map(siteCost));
  const lines = drafts.map((draft) => priced(draft, prices));
  const traffic = views.filter(({ azure }) => azure.length > 0).flatMap((view) => trafficUnknown(view, normal, prices));
  return {
    currency: prices?.currency ?? null,
    asOf: prices?.asOf ?? null,
    source: prices?.source ?? null,
    lines,
    monthly: sum(lines.map(({ monthly }) => monthly)),
    most: sum(lines.map(({ monthly, most }) => (most ? most.monthly : monthly))),
    purposes: purposesOf(lines, system, prices),
    unknown: [
      ...(table.state !== "known" && (lines.length > 0 || traffic.length > 0) ? [table.why] : []),
      ...unpriced(lines),
      ...unknown,
      ...traffic,
    ],
  };
}

function viewOf(declarations: Declarations, system: System, site: string, stack: StackResources): SiteView {
  const azure = stack.resources.flatMap(({ urn, type }) => {
    const azureType = azureTypeOf(type);
    const declared = azureType === undefined ? undefined : declarations.byUrn(urn);
    return declared && azureType !== undefined ? [{ ...declared, azureType }] : [];
  });
  return { site, zone: zoneOf(declarations, site), declarations, system, azure };
}

/** A site without a resource of a provider pays for its own servers, which hold its volumes, addresses and backups. */
function siteCost(view: SiteView): Found {
  const servers = serverCost(view);
  if (view.azure.length > 0)
    return together([
      clusterCost(view),
      volumeCost(view),
      backupCost(view),
      networkCost(view),
      namesCost(view),
      otherCost(view),
      servers,
    ]);
  return servers.lines.length + servers.unknown.length > 0
    ? servers
    : {
        ...NOTHING,
        unknown: [`${view.site}: what the site costs: neither servers nor a provider's resources are declared`],
      };
}

function priced({ mostQuantity, ownPrice, ...draft }: Draft, prices: PriceTable | undefined): CostLine {
  const price = ownPrice ?? prices?.items[draft.item] ?? null;
  const at = (quantity: number): number | null => (price === null ? null : quantity * price);
  return {
    ...draft,
    price,
    monthly: at(draft.quantity),
    ...(mostQuantity === undefined ? {} : { most: { quantity: mostQuantity, monthly: at(mostQuantity) } }),
  };
}

/** How the sentence on an item without a price begins. */
export const UNPRICED = "price of ";

function unpriced(lines: readonly CostLine[]): readonly string[] {
  const names = new Set(lines.filter(({ price }) => price === null).map(({ item }) => item));
  return [...names].map((item) => {
    const uses = lines.filter((line) => line.item === item);
    return `${UNPRICED}${item}: ${uses.map(({ site, what }) => `${site}, ${what}`).join("; ")}`;
  });
}

const sum = (amounts: readonly (number | null)[]): number =>
  amounts.reduce<number>((total, amount) => total + (amount ?? 0), 0);
