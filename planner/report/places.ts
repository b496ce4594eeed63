import type { Fact } from "../../resilience/fact.ts";
import { dataPlaces } from "../../resilience/places.ts";
import type { DataPlaces, Place } from "../../resilience/places.ts";
import type { System } from "../../resilience/system.ts";
import { markup } from "./html.ts";
import type { Html } from "./html.ts";
import { list, table } from "./table.ts";

/** Where each copy of the data lies, under which law, and what is gone with a provider [S2.5]. */
export function placesSection(system: System): Html | undefined {
  const all = dataPlaces(system);
  if (all.length === 0) return undefined;
  return markup`<h3>Where the data lies</h3>
    ${table(["data", "copies", "site", "run by", "region", "country", "GDPR holds"], all.flatMap(rowsOf))}
    ${list([...all.flatMap(soleText), ...new Set(all.flatMap(({ places }) => places.flatMap(openText)))])}
    <p class="dim">The law is that of the place. Who owns the provider, and whose courts it obeys, is another question.</p>`;
}

/** Copies of the same data that share their place stand in one row. */
function rowsOf({ data, places }: DataPlaces): readonly (readonly string[])[] {
  const rows = new Map<string, Place[]>();
  for (const place of places) {
    const key = JSON.stringify(cells(place));
    rows.set(key, [...(rows.get(key) ?? []), place]);
  }
  return [...rows.values()].map((same) => [
    data,
    same.map(({ holder, kind }) => `${holder} (${kind})`).join(", "),
    ...same.slice(0, 1).flatMap(cells),
  ]);
}

function cells({ site, provider, region, country, gdpr }: Place): readonly string[] {
  return [
    site,
    word(provider, (name) => name ?? "its owner"),
    word(region, (name) => name ?? "none"),
    word(country, (code) => code),
    word(gdpr, (holds) => (holds ? "yes" : "no")),
  ];
}

/** Why something is open stands once below the table, not in each cell. */
function word<T>(fact: Fact<T>, say: (value: T) => string): string {
  switch (fact.state) {
    case "known":
      return say(fact.value);
    case "pending":
      return "known after an up";
    case "unknown":
      return "unknown";
    default: {
      const never: never = fact;
      throw new Error(`no words for ${String(never)}`);
    }
  }
}

function openText({ provider, region, country, gdpr }: Place): readonly string[] {
  const facts: readonly Fact<unknown>[] = [provider, region, country, gdpr];
  return facts.flatMap((fact) => (fact.state === "known" ? [] : [`${fact.state}: ${fact.why}.`]));
}

function soleText({ data, onlyWith }: DataPlaces): readonly string[] {
  if (onlyWith.state !== "known")
    return [`${data}: whether a copy lies outside one provider is ${onlyWith.state}: ${onlyWith.why}.`];
  return onlyWith.value === undefined ? [] : [`${data}: every copy lies with ${onlyWith.value}, and is gone with it.`];
}
