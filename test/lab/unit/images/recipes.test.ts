import { expect } from "chai";
import { differencesOf, splitName, tagVersion, upstreamVersion } from "../../../../lab/images/differences.ts";
import { recipesOf } from "../../../../lab/images/images.ts";
import type { BuiltLayer, LayerRecipe } from "../../../../lab/images/image.ts";
import { parseVersions } from "../../../../lab/images/layers.ts";
import { imageRecipes, labImages } from "../../../../lab/images/recipes.ts";
import { tarHeader, tarPadding } from "../../../../lab/images/tar.ts";

describe("recipes of images", () => {
  it("serves every tag of a repository", () => {
    const found = recipesOf(["docker.io/library/traefik:v3.7.11", "docker.io/library/traefik:v9"]);
    expect([...found.values()].map(({ repository }) => repository)).to.deep.equal([
      "docker.io/library/traefik",
      "docker.io/library/traefik",
    ]);
    const own = Object.values(labImages);
    expect(recipesOf(own).size).to.equal(own.length);
  });

  it("names every image that it has no recipe for, at once", () => {
    expect(() => recipesOf(["docker.io/library/traefik:v3.7.11", "a.example/x:1", "b.example/y"])).to.throw(
      "no recipe makes a.example/x:1, b.example/y",
    );
  });

  it("has one recipe for a repository, and one set of files for a layer's name", () => {
    const repositories = imageRecipes.map(({ repository }) => repository);
    expect(new Set(repositories).size).to.equal(repositories.length);
    const layers = new Map<string, LayerRecipe>();
    for (const layer of imageRecipes.flatMap((recipe) => recipe.layers)) {
      if (layer.kind === "base" || layer.kind === "trust") continue;
      expect(layers.get(layer.name) ?? layer, layer.name).to.equal(layer);
      layers.set(layer.name, layer);
    }
  });

  it("says of each image in what it is not the published one", () => {
    for (const { repository, differences } of imageRecipes) expect(differences, repository).to.not.be.empty;
  });
});

describe("an image's version", () => {
  it("is read from its tag", () => {
    for (const [name, repository, version] of [
      ["docker.io/library/traefik:v3.7.11", "docker.io/library/traefik", "3.7.11"],
      ["ghcr.io/x/postgresql:17.6-system-trixie@sha256:00", "ghcr.io/x/postgresql", "17.6"],
      ["localhost:5000/x", "localhost:5000/x", undefined],
      ["docker.io/linuxserver/wireguard:1.0.20260223-r0-ls124", "docker.io/linuxserver/wireguard", "1.0.20260223"],
    ] as const) {
      expect(splitName(name).repository).to.equal(repository);
      expect(tagVersion(splitName(name).tag)).to.equal(version);
    }
  });

  it("is compared without what Debian adds to it", () => {
    expect(upstreamVersion("17.11-0+deb13u1")).to.equal("17.11");
    expect(upstreamVersion("1:2.0~rc1+dfsg-1")).to.equal("2.0");
  });

  it("is the first difference, if it is one", () => {
    const name = "ghcr.io/cloudnative-pg/postgresql";
    const recipe = recipesOf([`${name}:17.6`]).get(`${name}:17.6`)!;
    const layer: BuiltLayer = {
      file: "",
      digest: "",
      size: 0,
      versions: parseVersions("a 1\npostgresql-17 17.11-0+deb13u1\n"),
    };
    expect(differencesOf(`${name}:17.6-system-trixie`, recipe, [layer])[0]).to.equal(
      "PostgreSQL 17.11 instead of 17.6",
    );
    expect(differencesOf(`${name}:17.11`, recipe, [layer])).to.deep.equal(recipe.differences);
    expect(() => differencesOf(`${name}:17.6`, recipe, [])).to.throw("no layer tells which version of PostgreSQL");
  });
});

describe("a tar's header", () => {
  it("refuses what does not fit into it", () => {
    expect(() => tarHeader("x".repeat(101), 0)).to.throw("at most 100 bytes");
    expect(() => tarHeader("x", 8 * 2 ** 30)).to.throw("less than 8 GiB");
  });

  it("is followed by contents in whole blocks", () => {
    expect([0, 1, 511, 512, 513].map((size) => tarPadding(size).length)).to.deep.equal([0, 511, 1, 0, 511]);
  });
});
