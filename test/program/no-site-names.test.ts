import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import ts from "typescript";
import { everySite } from "../../config/texts.ts";
import { topologies } from "../../topologies/index.ts";

const NAMES = [...new Set(topologies.flatMap(({ name, sites }) => [name, ...sites.map((site) => site.name)]))];
const FILES = [
  "index.ts",
  ...readdirSync("components")
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join("components", file)),
];
const PLATFORM = /^components\/(zone|site-store|cluster-shape|backup-checks)/;

/**
 * `azure` is a site's name and the provider's: where the provider is meant, and by what words. That no other site is (test
 * of components/zone-aks: a site on Azure of another name) shows that none of these stands for the site.
 */
const PROVIDER: Readonly<Record<string, readonly string[]>> = {
  "components/zone-facts.ts": ["azure"],
  "components/zone-aks-cluster.ts": ["azure"],
  "components/zone-aks.ts": ["azure.workload.identity/", "disk.csi.azure.com", "file.csi.azure.com"],
  "components/backup-pbm.ts": ["azure"],
  "components/backup-scripts.ts": ["azure:$"],
};

interface Use {
  readonly file: string;
  readonly text: string;
}

/** Text of the program's strings and names in code; comments may give examples. */
function uses(file: string): readonly Use[] {
  const found: Use[] = [];
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2023, true);
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) || ts.isStringLiteralLike(node) || ts.isTemplateLiteralToken(node))
      found.push({ file, text: node.text });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const names = (text: string): boolean => NAMES.some((name) => text === name || text.split(/[^a-z-]+/i).includes(name));

describe("a topology is data [S3.1]", () => {
  const all = FILES.flatMap(uses);

  it("so no component names a topology or a site", () => {
    expect(all.length).to.be.greaterThan(5000);
    const named = all.filter(({ text }) => names(text));
    const provider = named.filter(({ file, text }) => PROVIDER[file]?.some((own) => text.startsWith(own)) ?? false);
    expect(named.filter((one) => !provider.includes(one))).to.deep.equal([]);
    expect([...new Set(provider.map(({ file }) => file))]).to.have.members(Object.keys(PROVIDER));
  });

  it("and would be found if it did", () => {
    expect(NAMES).to.include.members(["aachen", "titan", "azure", "azure-primary", "all-azure"]);
    expect(names("titan")).to.equal(true);
    expect(names("proxy.titan")).to.equal(true);
    expect(names("azure-native")).to.equal(false);
  });

  it("and what differs between platforms is known to Zone and what it asks: others read what every site has", () => {
    const everywhere = Object.keys(everySite);
    const others = FILES.filter((file) => !PLATFORM.test(file));
    const read = others.flatMap((file) => factsRead(readFileSync(file, "utf8")).map((fact) => ({ file, fact })));
    expect(read.filter(({ fact }) => !everywhere.includes(fact))).to.deep.equal([]);
    expect(new Set(read.map(({ fact }) => fact))).to.deep.equal(new Set(everywhere));
    expect(factsRead(readFileSync("components/zone.ts", "utf8"))).to.include("platform");
  });

  it("and would be found if another did", () => {
    expect(factsRead("context.facts.platform; const { servers, nameServer: host } = context.facts;")).to.deep.equal([
      "platform",
      "servers",
      "nameServer",
    ]);
  });
});

/** Facts of the config that a component reads, by name. */
function factsRead(text: string): readonly string[] {
  const taken = [...text.matchAll(/\{([^{}]*)\}\s*=\s*(?:\w+\.)*facts\b/g)].flatMap(([, names = ""]) =>
    names.split(",").map((name) => name.split(":")[0]!.trim()),
  );
  return [...[...text.matchAll(/\bfacts\.(\w+)/g)].map(([, name = ""]) => name), ...taken];
}
