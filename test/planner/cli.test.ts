import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { topologies } from "../../topologies/index.ts";

const PROJECT = resolve(__dirname, "../..");
const SCHEMA: unknown = JSON.parse(readFileSync(join(PROJECT, "docs/outcomes.schema.json"), "utf8"));

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function holdfast(args: readonly string[], cwd = PROJECT): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(PROJECT, "bin/holdfast.js"), ...args], {
    cwd,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  return { code: status, stdout, stderr };
}

interface Document {
  readonly kept: boolean;
  readonly claims: readonly { readonly claim: { readonly id: string }; readonly verdict: string }[];
  readonly outcomes: readonly { readonly fault: string }[];
  readonly promises: readonly { readonly id: string; readonly verdict: string }[];
}

function documentsOf(text: string): readonly Document[] {
  return (JSON.parse(text) as { topologies: Document[] }).topologies;
}

describe("holdfast", function () {
  this.timeout(300_000);
  let base = "";
  let planned: Ran = { code: null, stdout: "", stderr: "" };
  const out = (...path: string[]): string => join(base, "out", ...path);
  const stackFiles = (topology = topologies[0]!): readonly string[] =>
    topology.sites.map(({ name }) => out(topology.name, name, "stack.json"));

  before(() => {
    base = mkdtempSync(join(tmpdir(), "holdfast-"));
    planned = holdfast(["plan", "--out", out(), "--json"]);
  });
  after(() => rmSync(base, { recursive: true }));

  describe("plan", () => {
    it("writes resources, manifests, outcomes and report of every topology, and says on stdout what outcomes.json holds", () => {
      expect(planned.code, planned.stderr).to.be.oneOf([0, 1]);
      const documents = documentsOf(planned.stdout);
      topologies.forEach(({ name, sites }, index) => {
        expect(JSON.parse(readFileSync(out(name, "outcomes.json"), "utf8"))).to.deep.equal(documents[index]);
        for (const site of sites) {
          expect(JSON.parse(readFileSync(out(name, site.name, "stack.json"), "utf8"))).to.have.nested.property(
            "deployment.resources",
          );
          expect(readdirSync(out(name, site.name, "manifests")).length).to.be.greaterThan(50);
          expect(existsSync(out(name, site.name, "releases.yaml"))).to.equal(true);
        }
      });
      expect(readFileSync(out("report.html"), "utf8")).to.match(/^<!doctype html>[\s\S]*<\/html>\n$/);
    });

    it("writes outcomes that its JSON schema describes, all of it", () => {
      const validate = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(SCHEMA as object);
      for (const document of documentsOf(planned.stdout))
        expect(validate(document), JSON.stringify(validate.errors, null, 1)).to.equal(true);
    });

    it("names the faults in the config of all sites of all topologies once, before anything is planned or written", () => {
      const project = join(base, "typos");
      mkdirSync(project);
      const copy = (file: string, edit = (text: string): string => text): void => {
        const text = readFileSync(join(PROJECT, file), "utf8");
        const edited = edit(text);
        writeFileSync(join(project, file), edited);
      };
      copy("index.ts");
      copy("Pulumi.yaml");
      copy("Pulumi.aachen.yaml", (text) => text.replace("topology: master-slave", "topology: mater-slave"));
      copy("Pulumi.titan.yaml", (text) => text.replace("  holdfast:site:", "\tholdfast:site:"));
      copy("Pulumi.azure.yaml", (text) => text.replace("config:", "confg:"));
      const ran = holdfast(["plan", "--project", project, "--out", join(project, "out")]);
      expect(ran).to.include({ code: 2, stdout: "" });
      expect(ran.stderr.match(/mater-slave/g), ran.stderr).to.have.length(1);
      expect(ran.stderr)
        .to.match(/Pulumi\.titan\.yaml[\s\S]*Tabs are not allowed/)
        .and.match(/Pulumi\.azure\.yaml confg/);
      expect(existsSync(join(project, "out"))).to.equal(false);
    });

    it("answers every claim of the topology", () => {
      topologies.forEach(({ promises }, index) => {
        const claims = documentsOf(planned.stdout)[index]!.claims;
        expect(claims.map(({ claim }) => claim.id)).to.deep.equal(promises.claims.map(({ id }) => id));
      });
    });

    it("exits with 1 exactly where a promise is broken or a claim refuted", () => {
      const documents = documentsOf(planned.stdout);
      for (const { kept, claims, promises } of documents) {
        const good = [...claims, ...promises].every(({ verdict }) =>
          ["confirmed", "kept", "pending"].includes(verdict),
        );
        expect(kept).to.equal(good);
      }
      expect(planned.code).to.equal(documents.every(({ kept }) => kept) ? 0 : 1);
    });

    it("names no machine, no secret and no other host in the report", () => {
      const report = readFileSync(out("report.html"), "utf8");
      expect(report).to.not.match(/<script|<link|<img|@import|url\(|src=/);
      expect(report).to.not.contain(PROJECT).and.not.contain(base);
    });

    it("prints tables, the claims, the capacity, what is broken and the report's path, without colours for a pipe", () => {
      const copy = join(base, "copy");
      cpSync(out(), copy, { recursive: true });
      const ran = holdfast(["plan", topologies[0]!.name, "--out", copy]);
      expect(ran.code).to.be.oneOf([0, 1]);
      expect(ran.stdout)
        .to.match(/Faults\n/)
        .and.match(/C1 +(confirmed|refuted|unknown|pending)/)
        .and.match(/uplink needed/);
      expect(ran.stdout.trimEnd()).to.match(/Report: .*report\.html$/);
      expect(ran.stdout + ran.stderr).to.not.contain(String.fromCharCode(27));
      expect(readdirSync(copy), "a former plan's files")
        .to.include(topologies[0]!.name)
        .and.not.include(topologies[1]!.name);
    });

    it("refuses an unknown topology, and a folder that is not its own, before planning", () => {
      const unknown = holdfast(["plan", "nope", "--out", out()]);
      expect(unknown).to.include({ code: 2, stdout: "" });
      expect(unknown.stderr).to.match(/nope[\s\S]*master-slave/);
      writeFileSync(join(base, "precious"), "mine");
      expect(holdfast(["plan", "--out", base])).to.include({ code: 2, stdout: "" });
      expect(readFileSync(join(base, "precious"), "utf8")).to.equal("mine");
    });

    it("names every fault of a broken config, of all sites, and writes nothing", () => {
      const project = mkdtempSync(join(tmpdir(), "holdfast-"));
      writeFileSync(join(project, "Pulumi.yaml"), "name: holdfast\nruntime: nodejs\nmain: index.ts\n");
      writeFileSync(join(project, "index.ts"), "export = () => ({});\n");
      for (const site of ["aachen", "titan"])
        writeFileSync(join(project, `Pulumi.${site}.yaml`), "config:\n  holdfast:contact: nobody\n");
      const ran = holdfast(["plan", "master-slave", "--project", project, "--out", join(project, "out")]);
      expect(ran.code).to.equal(2);
      expect(ran.stderr)
        .to.match(/contact of stack aachen[\s\S]*contact of stack titan/)
        .and.not.match(/ {4}at /);
      expect(existsSync(join(project, "out"))).to.equal(false);
      rmSync(project, { recursive: true });
    });
  });

  describe("check", () => {
    it("gives the plan's own outcomes for the plan's files, from any folder", () => {
      topologies.forEach((topology, index) => {
        const ran = holdfast(["check", ...stackFiles(topology), "--json"], base);
        const [document] = documentsOf(ran.stdout);
        const expected = documentsOf(planned.stdout)[index]!;
        // Stacks alone name no topology, whose drills are kept.
        const undrilled = expected.outcomes.map((outcome) => ({ ...outcome, lastDrilled: null }));
        expect(document!.outcomes).to.deep.equal(undrilled);
        expect(document!.claims).to.deep.equal(expected.claims);
        expect(ran.code).to.equal(expected.kept ? 0 : 1);
      });
    });

    it("refuses what is no stack, naming every such file, with exit code 2 and nothing on stdout", () => {
      const bad = join(base, "bad.json");
      writeFileSync(bad, "resources: []\n");
      const ran = holdfast(["check", bad, join(base, "missing.json"), stackFiles()[0]!, stackFiles()[0]!]);
      expect(ran).to.include({ code: 2, stdout: "" });
      expect(ran.stderr)
        .to.match(/bad\.json/)
        .and.match(/missing\.json/)
        .and.match(/one file for each stack/);
    });
  });

  describe("explain", () => {
    const files = (): readonly string[] => ["--files", ...stackFiles()];

    it("takes a fault, a claim's id, or words", () => {
      const byFault = holdfast(["explain", "link:aachen-titan", ...files()]);
      const byWords = holdfast(["explain", "titan-link-cut", ...files()]);
      const byClaim = holdfast(["explain", "C3", ...files()]);
      expect(byFault.code, byFault.stderr).to.be.oneOf([0, 1]);
      expect(byWords).to.deep.equal(byFault);
      expect(byClaim.stdout).to.match(/^C3: /).and.contain(byFault.stdout.trim());
    });

    it("plans a topology when no files are given", () => {
      expect(holdfast(["explain", "site:azure", "--topology", "azure-primary"]).stdout).to.contain("azure");
    });

    it("says when the planned topology's fault was last drilled, which files of stacks cannot tell", () => {
      expect(holdfast(["explain", "process:postgres@aachen"]).stdout).to.match(/^Last drilled: \d{4}-\d\d-\d\d$/m);
      expect(holdfast(["explain", "process:postgres@aachen", ...files()]).stdout).not.to.contain("Last drilled");
    });

    it("tells what could have been meant", () => {
      const ran = holdfast(["explain", "titan-lnk-cut", ...files()]);
      expect(ran).to.include({ code: 2, stdout: "" });
      expect(ran.stderr).to.contain("did you mean titan-link-cut?");
      expect(holdfast(["explain", "site:rome", ...files()])).to.include({ code: 2, stdout: "" });
      const claim = holdfast(["explain", "C99", ...files()]);
      expect(claim).to.include({ code: 2, stdout: "" });
      expect(claim.stderr).to.contain(`a claim (${topologies[0]!.promises.claims.map(({ id }) => id).join(", ")})`);
    });
  });

  describe("compare", () => {
    it("holds topologies against each other by the roles of their sites", () => {
      const ran = holdfast(["compare", "master-slave", "azure-primary"]);
      expect(ran.code, ran.stderr).to.equal(0);
      expect(ran.stdout)
        .to.match(/fault +master-slave +azure-primary/)
        .and.match(/further faults have the same outcome/);
      expect(ran.stdout).to.not.match(/^site:(aachen|titan|azure)/m);
    });

    it("wants two topologies", () => expect(holdfast(["compare", "master-slave"])).to.include({ code: 2, stdout: "" }));
  });

  describe("the command line", () => {
    it("helps", () => {
      const ran = holdfast(["--help"]);
      expect(ran.code).to.equal(0);
      expect(ran.stdout)
        .to.match(/plan[\s\S]*check[\s\S]*explain[\s\S]*compare[\s\S]*Exit codes/)
        .and.not.contain(PROJECT);
    });

    for (const args of [["nope"], ["plan", "--bogus"], ["check"], ["explain"], ["--bogus", "plan"]]) {
      it(`refuses ${args.join(" ")}`, () => expect(holdfast(args)).to.include({ code: 2, stdout: "" }));
    }

    it("shows a stack trace and asks for a report only where the fault is in the program itself", () => {
      const project = mkdtempSync(join(tmpdir(), "holdfast-"));
      for (const file of ["Pulumi.yaml", "Pulumi.aachen.yaml", "Pulumi.titan.yaml"])
        writeFileSync(join(project, file), readFileSync(join(PROJECT, file)));
      writeFileSync(join(project, "index.ts"), "export = () => { throw new TypeError('a slip'); };\n");
      const ran = holdfast(["plan", "master-slave", "--project", project, "--out", join(project, "out")]);
      expect(ran).to.include({ code: 3, stdout: "" });
      expect(ran.stderr).to.match(/TypeError: a slip\n {4}at [\s\S]*please report it/);
      rmSync(project, { recursive: true });
    });
  });
});
