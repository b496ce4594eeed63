import { readFileSync } from "node:fs";
import { expect } from "chai";
import { parse } from "yaml";
import { loadConfig } from "../../config/load.ts";
import type { HoldfastConfig } from "../../config/load.ts";
import { InputError } from "../../config/problem.ts";
import type { Problem } from "../../config/problem.ts";

type Tree = Record<string, unknown>;

const read = (file: string): Tree => (parse(readFileSync(file, "utf8")) as { config: Tree }).config;
const SECRET = "s3cr3t-value";

/** The committed stack `azure`, its site edited. */
function load(edit: (site: Tree, config: Tree) => void = () => undefined): HoldfastConfig {
  const shared = Object.entries(read("Pulumi.yaml")).map(([key, value]) => [
    `holdfast:${key}`,
    (value as { default: unknown }).default,
  ]);
  const config: Tree = structuredClone({
    ...(Object.fromEntries(shared) as Tree),
    ...read("Pulumi.azure.yaml"),
    "holdfast:corePassword": SECRET,
  });
  edit(config["holdfast:site"] as Tree, config);
  const values = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
  return loadConfig({ stack: "azure", values, isSecret: (key) => values[key] === SECRET });
}

function problems(...args: Parameters<typeof load>): readonly Problem[] {
  try {
    load(...args);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

const site = (config: HoldfastConfig) => {
  if (config.facts.platform !== "aks") throw new Error("a site on aks is wanted");
  return config.facts;
};

describe("config of a site on AKS", () => {
  it("takes the committed stack, which needs no key of its backup store", () => {
    const config = load();
    expect(config.facts.platform).to.equal("aks");
    expect(config.secrets).to.deep.equal(["corePassword"]);
  });

  for (const [zones, redundancy] of [
    [["1", "2", "3"], "zrs"],
    [["2"], "lrs"],
  ] as const) {
    it(`keeps data in ${zones.length} zones as ${redundancy} where nothing is said`, () => {
      const facts = site(
        load((it) => {
          it["zones"] = zones;
          delete it["volumes"];
          delete (it["backupStore"] as Tree)["redundancy"];
        }),
      );
      expect([facts.volumes, facts.backupStore.redundancy]).to.deep.equal([redundancy, redundancy]);
    });
  }

  const cases: readonly (readonly [string, (site: Tree) => void, string, RegExp])[] = [
    ["an unknown platform", (it) => (it["platform"] = "eks"), "holdfast:site.platform", /^one of existing, aks$/],
    ["a zone that no region has", (it) => (it["zones"] = ["1", "4"]), "holdfast:site.zones[1]", /^one of 1, 2, 3$/],
    ["a zone given twice", (it) => (it["zones"] = ["1", "1"]), "holdfast:site.zones", /each zone once/],
    ["no zone", (it) => (it["zones"] = []), "holdfast:site.zones", /at least 1 entries/],
    ["a zone as a number", (it) => (it["zones"] = [1]), "holdfast:site.zones[0]", /one of 1, 2, 3/],
    [
      "an account name with capitals",
      (it) => ((it["backupStore"] as Tree)["account"] = "HoldfastBackups"),
      "holdfast:site.backupStore.account",
      /small letters and digits, without hyphens/,
    ],
    [
      "an account name that is too long",
      (it) => ((it["backupStore"] as Tree)["account"] = "a".repeat(25)),
      "holdfast:site.backupStore.account",
      /small letters and digits, without hyphens/,
    ],
    [
      "a container name with two hyphens together",
      (it) => ((it["backupStore"] as Tree)["container"] = "hold--fast"),
      "holdfast:site.backupStore.container",
      /single hyphens/,
    ],
    ["a patch version", (it) => (it["kubernetesVersion"] = "1.34.1"), "holdfast:site.kubernetesVersion", /minor/],
    [
      "servers, which Azure has none of",
      (it) => (it["servers"] = []),
      "holdfast:site.servers",
      /a key that the schema/,
    ],
    [
      "fewer workers at the most than at the fewest",
      (it) => (it["workerPool"] = { size: "Standard_D4s_v5", min: 7, max: 6 }),
      "holdfast:site.workerPool.min",
      /at most workerPool.max, which is 6/,
    ],
    [
      "fewer workers than zones",
      (it) => (it["workerPool"] = { size: "Standard_D4s_v5", min: 2, max: 6 }),
      "holdfast:site.workerPool.min",
      /at least 3, the number of zones/,
    ],
    ["zone-redundant volumes in one zone", (it) => (it["zones"] = ["1"]), "holdfast:site.volumes", /^lrs where/],
  ];
  for (const [what, edit, offender, rule] of cases) {
    it(`refuses ${what}, and nothing else`, () => {
      const found = problems(edit);
      expect(found.map((one) => one.offender)).to.deep.equal([`${offender} of stack azure`]);
      expect(found[0]!.rule).to.match(rule);
      expect(found[0]!.fix).to.not.equal("");
    });
  }

  it("says why each zone needs a node", () => {
    const [problem] = problems((it) => (it["workerPool"] = { size: "Standard_D4s_v5", min: 2, max: 6 }));
    expect(problem!.reason).to.contain("with fewer nodes one zone has none");
  });

  it("refuses a kubeconfig, which would be left aside", () => {
    const [problem, ...others] = problems((_it, config) => (config["holdfast:kubeconfig"] = SECRET));
    expect(others).to.deep.equal([]);
    expect(problem!.offender).to.equal("holdfast:kubeconfig of stack azure");
    expect(problem!.fix).to.contain("pulumi config rm holdfast:kubeconfig -s azure").and.not.contain(SECRET);
  });
});

describe("config of prices", () => {
  const prices = { currency: "EUR", asOf: "2026-11-21", source: "the price list of 2026-11", items: { node: 120.5 } };

  it("is carried as it is given, and may be left out", () => {
    expect(load((_it, config) => (config["holdfast:prices"] = prices)).platform.prices).to.deep.equal(prices);
    expect(load((_it, config) => delete config["holdfast:prices"]).platform.prices).to.equal(undefined);
  });

  for (const [what, wrong, offender, rule] of [
    ["a currency by its sign", { currency: "€" }, "currency", /three capitals/],
    ["a day that is none", { asOf: "2026-02-30" }, "asOf", /a day such as/],
    ["no source", { source: "" }, "source", /./],
    ["a negative price", { items: { node: -1 } }, "items.node", /at least 0/],
  ] as const) {
    it(`refuses ${what}`, () => {
      const found = problems((_it, config) => (config["holdfast:prices"] = { ...prices, ...wrong }));
      expect(found.map((one) => one.offender)).to.deep.equal([`holdfast:prices.${offender} of stack azure`]);
      expect(found[0]!.rule).to.match(rule);
    });
  }
});
