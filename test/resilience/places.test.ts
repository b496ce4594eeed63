import { expect } from "chai";
import { known, unknown, valueOf } from "../../resilience/fact.ts";
import { dataPlaces } from "../../resilience/places.ts";
import { azureSystem } from "./azure-fixture.ts";
import { one } from "./changes.ts";
import { s1 } from "./system-fixture.ts";

describe("where personal data lies [S2.5]", function () {
  this.timeout(60_000);

  it("is one provider alone for all of all-azure, by country", async () => {
    const found = dataPlaces(await azureSystem());
    expect(found.map(({ data }) => data)).to.have.members([
      "postgres",
      "mongo",
      "uploads:core-media",
      "uploads:events-media",
    ]);
    for (const { data, places, onlyWith } of found) {
      expect(valueOf(onlyWith), data).to.equal("azure");
      expect(
        places.some(({ kind }) => kind === "backup"),
        data,
      ).to.equal(true);
      for (const place of places) {
        expect(valueOf(place.gdpr), place.holder).to.equal(true);
        expect(valueOf(place.country)).to.be.oneOf(["NL", "IE"]);
      }
    }
  });

  it("counts the paired region of a geo-redundant account", async () => {
    const postgres = one(dataPlaces(await azureSystem()), ({ data }) => data === "postgres");
    expect(postgres.places.map(({ region }) => valueOf(region))).to.include.members(["westeurope", "northeurope"]);
  });

  it("is elsewhere too where another site has a copy", async () => {
    const found = dataPlaces(await azureSystem("azure-primary"));
    for (const { data, onlyWith } of found)
      expect(onlyWith, data).to.deep.include({ state: "known", value: undefined });
    const aachen = found.flatMap(({ places }) => places).filter(({ site }) => site === "aachen");
    for (const { country, gdpr } of aachen) expect([valueOf(country), valueOf(gdpr)]).to.deep.equal(["DE", true]);
    expect(aachen).to.have.length.greaterThan(2);
    const uploads = one(found, ({ data }) => data === "uploads:core-media");
    expect(uploads.places.filter(({ site }) => site === "aachen").map(({ kind }) => kind)).to.include("backup");
  });

  it("has the country that the owner of the servers declares, and by it the law, and is in nobody's region", () => {
    const system = s1();
    const urn = { urn: "urn", path: "country" };
    const found = (country: string) =>
      dataPlaces({
        ...system,
        sites: system.sites.map((site) => (site.name === "titan" ? { ...site, country: known(country, urn) } : site)),
      })
        .flatMap(({ places }) => places)
        .filter(({ site }) => site === "titan")
        .map(({ region, country: where, gdpr }) => [region.state, valueOf(region), valueOf(where), valueOf(gdpr)]);
    for (const place of found("FI")) expect(place).to.deep.equal(["known", undefined, "FI", true]);
    for (const place of found("CH")) expect(place).to.deep.equal(["known", undefined, "CH", false]);
    expect(found("FI")).to.have.length.greaterThan(1);
  });

  it("has no country where none is declared, and leaves arbiters out", () => {
    const mongo = one(dataPlaces(s1()), ({ data }) => data === "mongo");
    expect(mongo.places.map(({ country }) => country.state)).to.include("unknown");
    expect(mongo.places.map(({ holder }) => holder)).to.not.include("mongo-aachen-arbiter");
    expect(mongo.places.map(({ holder }) => holder)).to.include.members([
      "mongo-aachen-0",
      "backup-aachen",
      "backup-titan",
    ]);
  });

  it("does not say that nothing lies elsewhere where a provider is not known", async () => {
    const system = await azureSystem();
    const sites = system.sites.map((site) => ({ ...site, provider: unknown<string>("not read") }));
    for (const { onlyWith } of dataPlaces({ ...system, sites })) expect(onlyWith.state).to.equal("unknown");
  });
});
