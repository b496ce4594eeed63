import { expect } from "chai";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { InputError } from "../../config/problem.ts";
import { stackResources } from "../../planner/harness.ts";
import { manifestsOf, releasesOf, yamlOf } from "../../planner/manifests.ts";
import { planTopology, topologiesNamed } from "../../planner/plan.ts";
import type { TopologyPlan } from "../../planner/plan.ts";
import { RefusedError } from "../../planner/site-run.ts";
import { readProject } from "../../planner/stack-files.ts";
import { stateFile } from "../../planner/state-file.ts";
import { isObject, isSecret } from "../../planner/wire.ts";
import { readStack } from "../../resilience/read.ts";
import { topologies } from "../../topologies/index.ts";

const PROJECT = resolve(__dirname, "../..");

/** Every text that is marked as a secret, long enough to be recognised. */
function secretsIn(value: unknown, inside = false): readonly string[] {
  if (isSecret(value)) return secretsIn(value.value, true);
  if (Array.isArray(value)) return value.flatMap((item) => secretsIn(item, inside));
  if (isObject(value)) return Object.values(value).flatMap((item) => secretsIn(item, inside));
  // A certificate is public, also where it was read out of something secret.
  return inside && typeof value === "string" && value.length >= 12 && !value.startsWith("-----BEGIN CERTIFICATE-----")
    ? [value]
    : [];
}

describe("planner/plan", () => {
  const plans: TopologyPlan[] = [];
  before(async function () {
    this.timeout(120_000);
    for (const topology of topologies) plans.push(await planTopology(readProject(PROJECT), topology));
  });

  it("plans every site of every topology, the keyring's first, and settles in a second pass", () => {
    for (const { topology, sites, passes } of plans) {
      expect(sites.map(({ site }) => site)).to.have.members(topology.sites.map(({ name }) => name));
      expect(sites[0]!.site).to.equal(topology.keyring);
      expect(passes).to.be.within(2, 3);
    }
  });

  it("hands one site's outputs to the other: each gateway knows its peer's public key", () => {
    const tunnelled = plans.filter(({ sites }) => sites.length === 2);
    expect(tunnelled.map(({ topology }) => topology.name)).to.include.members(["master-slave", "azure-primary"]);
    for (const { sites } of tunnelled) {
      const keys = sites.map(({ result }) => String(result.outputs["wireguardPublicKey"]));
      sites.forEach(({ result }, index) => {
        const config = result.resources.find(
          ({ type, inputs }) => type === "kubernetes:core/v1:ConfigMap" && JSON.stringify(inputs).includes("wg0.conf"),
        );
        expect(JSON.stringify(config?.inputs))
          .to.contain(keys[1 - index])
          .and.not.contain(keys[index]);
      });
    }
  });

  it("notes the secrets that only a person can set", () => {
    const notes = plans[0]!.sites.flatMap((site) => site.notes);
    expect(notes.join("\n")).to.match(/pulumi config set --secret holdfast:backupSecretAccessKey -s aachen/);
  });

  it("writes state files from which the analysis reads exactly what was declared", () => {
    for (const { result } of plans.flatMap(({ sites }) => sites)) {
      const read = readStack(JSON.stringify(stateFile(result)), "plan");
      const declared = stackResources(result);
      expect(read.stack).to.equal(declared.stack);
      // What a Secret holds is no fact, only which keys: the file marks each of its values, the program may mark the whole.
      const comparable = (resources: typeof read.resources) =>
        resources
          .filter(({ type }) => type !== "kubernetes:core/v1:Secret")
          .map(({ urn, type, name, inputs, parent }) => ({ urn, type, name, inputs, parent }));
      expect(comparable(read.resources)).to.deep.equal(comparable(declared.resources));
    }
  });

  it("lets no secret into any file", () => {
    for (const { result } of plans.flatMap(({ sites }) => sites)) {
      const secrets = new Set(
        result.resources.flatMap(({ wireInputs, wireOutputs }) => [
          ...secretsIn(wireInputs),
          ...secretsIn(wireOutputs),
        ]),
      );
      expect(secrets.size).to.be.greaterThan(5);
      const files = [
        JSON.stringify(stateFile(result)),
        yamlOf(releasesOf(result)),
        ...manifestsOf(result).map(({ object }) => yamlOf(object)),
      ].join("\n");
      for (const value of secrets) {
        expect(files.includes(value), "a secret value").to.equal(false);
        expect(files.includes(JSON.stringify(value).slice(1, -1)), "a secret value in JSON").to.equal(false);
      }
    }
  });

  it("gives every planned Secret its keys without values", () => {
    for (const { result } of plans.flatMap(({ sites }) => sites)) {
      const secrets = manifestsOf(result).filter(({ object }) => object["kind"] === "Secret");
      expect(secrets).to.not.be.empty;
      for (const { object } of secrets) {
        const entries = Object.entries({
          ...(object["data"] as object | undefined),
          ...(object["stringData"] as object | undefined),
        });
        expect(entries, JSON.stringify(object["metadata"])).to.not.be.empty;
        for (const [, value] of entries) expect(value).to.equal("");
      }
    }
  });

  it("numbers manifests in an order that can be applied, one object per file", () => {
    for (const { result } of plans.flatMap(({ sites }) => sites)) {
      const manifests = manifestsOf(result);
      const files = manifests.map(({ file }) => file);
      expect([...files].sort()).to.deep.equal(files);
      expect(new Set(files).size).to.equal(files.length);
      const seen = new Set<string>();
      for (const { object } of manifests) {
        const { namespace } = object["metadata"] as { namespace?: string };
        if (namespace !== undefined) expect(seen, `${String(object["kind"])} in ${namespace}`).to.include(namespace);
        if (object["kind"] === "Namespace") seen.add(String((object["metadata"] as { name: string }).name));
        expect(parse(yamlOf(object), { version: "1.1" })).to.deep.equal(object);
      }
    }
  });

  it("gives the same files for the same program", async () => {
    // Another function than the one whose runs are remembered, so that the program does run again.
    const project = { ...readProject(PROJECT), main: join(__dirname, "program-again.ts") };
    const again = await planTopology(project, topologies[0]!);
    expect(again.sites[0]!.result).to.not.equal(plans[0]!.sites[0]!.result);
    expect(JSON.stringify(again.sites.map(({ result }) => stateFile(result)))).to.equal(
      JSON.stringify(plans[0]!.sites.map(({ result }) => stateFile(result))),
    );
  });

  it("names every topology that does not exist", () => {
    expect(topologiesNamed([])).to.deep.equal(topologies);
    expect(() => topologiesNamed(["master-slave", "nope", "neither"])).to.throw(InputError, /nope[\s\S]*neither/);
  });
});

describe("planner/plan of other projects", () => {
  let folder = "";
  const stackFiles = ["aachen", "titan"];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "holdfast-"));
    writeFileSync(join(folder, "Pulumi.yaml"), "name: holdfast\nruntime: nodejs\n");
    for (const name of stackFiles) writeFileSync(join(folder, `Pulumi.${name}.yaml`), "config: {}\n");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("names all faults in the config of all sites at once", async () => {
    writeFileSync(join(folder, "index.ts"), "export = () => ({});\n");
    const failure = await planTopology(readProject(folder), topologies[0]!).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).to.be.instanceOf(InputError);
    const { problems } = failure as InputError;
    expect(problems.filter(({ offender }) => offender.includes("aachen"))).to.not.be.empty;
    expect(problems.filter(({ offender }) => offender.includes("titan"))).to.not.be.empty;
  });

  it("refuses a program that can't run once for each stack", async () => {
    writeFileSync(join(folder, "index.ts"), "export const output = 1;\n");
    const failure = await planTopology(readProject(folder), topologies[0]!).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(String(failure)).to.match(/a program that exports one function/);
  });

  it("tells a refusal of the program from a fault in it", () => {
    expect(new RefusedError("x")).to.include({ name: "RefusedError", message: "x" });
  });
});
