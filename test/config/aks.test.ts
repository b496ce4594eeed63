import { readFileSync } from "node:fs";
import { expect } from "chai";
import { parse } from "yaml";
import { loadConfig } from "../../config/load.ts";
import type { HoldfastConfig } from "../../config/load.ts";
import { problemsIn } from "./problems.ts";

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

const problems = (...args: Parameters<typeof load>) => problemsIn(() => load(...args));

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
      "a size without its prefix",
      (it) => (it["workerPool"] = { size: "D4s_v5", min: 3, max: 6 }),
      "holdfast:site.workerPool.size",
      /^a size of virtual machines such as/,
    ],
    [
      "workers that take no premium disk",
      (it) => (it["workerPool"] = { size: "Standard_D4_v5", min: 3, max: 6 }),
      "holdfast:site.workerPool.size",
      /takes premium disks/,
    ],
    ...["Standard_D2s_v5", "Standard_DS1_v2", "Standard_B4ms"].map(
      (size) =>
        [
          `${size} for the cluster's own parts`,
          (it: Tree) => (it["systemPool"] = { size, nodes: 3 }),
          "holdfast:site.systemPool.size",
          /4 processors at the least/,
        ] as const,
    ),
    [
      "one node for the cluster's own parts",
      (it) => (it["systemPool"] = { size: "Standard_D4s_v5", nodes: 1 }),
      "holdfast:site.systemPool.nodes",
      /^at least 2$/,
    ],
    ...["0d", "23h", "146001d"].map(
      (lockedFor) =>
        [
          `a lock for ${lockedFor}`,
          (it: Tree) => ((it["backupStore"] as Tree)["lockedFor"] = lockedFor),
          "holdfast:site.backupStore.lockedFor",
          /^1d at the least and 146000d at the most/,
        ] as const,
    ),
    [
      "a lock in words",
      (it) => ((it["backupStore"] as Tree)["lockedFor"] = "35days"),
      "holdfast:site.backupStore.lockedFor",
      /^a time such as/,
    ],
    [
      "a version that YAML takes for a number",
      (it) => (it["kubernetesVersion"] = 1.34),
      "holdfast:site.kubernetesVersion",
      /quotes/,
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
    expect(problem!.reason).to.contain("with fewer of them one zone has none");
  });

  it("takes zones that YAML takes for numbers", () => {
    expect(site(load((it) => (it["zones"] = [1, 2, 3]))).zones).to.deep.equal(["1", "2", "3"]);
  });

  for (const size of ["Standard_D4s_v5", "Standard_D16ads_v5", "Standard_DS3_v2", "Standard_E20s_v5"])
    it(`takes ${size} for both pools`, () => {
      const pools = { systemPool: { size, nodes: 2 }, workerPool: { size, min: 3, max: 3 } };
      expect(problems((it) => Object.assign(it, pools))).to.deep.equal([]);
    });

  it("answers a mistyped key with the one that was meant, and does not miss that one too", () => {
    const [problem, ...others] = problems((it) => (it["systemPool"] = { size: "Standard_D4s_v5", node: 3 }));
    expect(others).to.deep.equal([]);
    expect(problem).to.deep.include({ offender: "holdfast:site.systemPool.node of stack azure", value: "3" });
    expect(problem!.fix).to.match(/^write nodes if/);
  });

  it("answers with no key of another platform", () => {
    const [problem] = problems((it) => (it["storageClas"] = "zrs"));
    expect(problem!.fix).to.equal("take the key away");
  });

  it("tells of what doesn't fit together beside what can't be read", () => {
    const found = problems((it, config) => {
      it["location"] = "West Europe";
      it["workerPool"] = { size: "D4s", min: 2, max: 1 };
      (config["holdfast:services"] as Tree[])[0]!["volumes"] = [];
      (config["holdfast:services"] as Tree[])[0]!["path"] = (config["holdfast:services"] as Tree[])[1]!["path"];
    });
    expect(found.map(({ offender }) => offender.replace(" of stack azure", ""))).to.include.members([
      "holdfast:site.location",
      "holdfast:site.workerPool.size",
      "holdfast:site.workerPool.min",
      "holdfast:services[1].path",
    ]);
    expect(found.filter(({ offender }) => offender.includes("workerPool.min"))).to.have.length(2);
  });

  it("answers a mistyped topology with what to type, in this stack", () => {
    const found = problems((_it, config) => (config["holdfast:topology"] = "azure-primari"));
    expect(found.map(({ fix }) => fix)).to.deep.equal(["pulumi config set holdfast:topology azure-primary -s azure"]);
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
