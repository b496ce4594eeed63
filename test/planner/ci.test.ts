import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseDocument } from "yaml";
import { COMMENT_MARKER } from "../../planner/changes/comment.ts";
import { planTopology } from "../../planner/plan.ts";
import { readProject } from "../../planner/stack-files.ts";
import { stateFile } from "../../planner/state-file.ts";
import { masterSlave } from "../../topologies/master-slave.ts";
import { writeStubs } from "./ci-stubs.ts";

const PROJECT = resolve(__dirname, "../..");
const TEXT = readFileSync(join(PROJECT, "docs/ci.md"), "utf8");

interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}
interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}
type GitLab = Readonly<
  Record<string, { readonly script: readonly string[]; readonly before_script?: readonly string[] }>
>;

const blocks = [...TEXT.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text]) => parseDocument(text!));
const workflow = blocks[0]?.toJS() as Workflow;
const gitlab = blocks[1]?.toJS() as GitLab;

describe("the pipeline of docs/ci.md", function () {
  this.timeout(180_000);
  let folder = "";
  let work = "";
  let edited = "";

  interface Ran {
    readonly code: number | null;
    readonly output: string;
    readonly calls: readonly (readonly string[])[];
  }

  /** Runs one step's script as the runner does: with bash, which stops at the first command that fails. */
  const run = (script: string, env: Readonly<Record<string, string>> = {}): Ran => {
    const calls = join(folder, "calls");
    rmSync(calls, { force: true });
    const { status, stdout, stderr } = spawnSync("bash", ["-eo", "pipefail", "-c", script], {
      cwd: work,
      encoding: "utf8",
      maxBuffer: 2 ** 28,
      env: {
        ...process.env,
        PATH: `${join(folder, "stubs")}:${process.env["PATH"] ?? ""}`,
        PREVIEWS: join(folder, "previews"),
        CALLS: calls,
        GITHUB_STEP_SUMMARY: join(work, "summary.md"),
        ...env,
      },
    });
    const lines = existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : [];
    return { code: status, output: stdout + stderr, calls: lines.map((line) => JSON.parse(line) as string[]) };
  };
  const step = (job: string, name: string): string => {
    const found = workflow.jobs[job]?.steps.find((one) => one.name === name)?.run;
    if (found === undefined) throw new Error(`no step ${name} in job ${job}`);
    return found;
  };
  const change = (state: string): void => writeFileSync(join(folder, "previews/head/aachen.json"), state);

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "holdfast-"));
    work = join(folder, "work");
    writeStubs(join(folder, "stubs"));
    for (const path of ["work/.base", "previews/head", "previews/base"])
      mkdirSync(join(folder, path), { recursive: true });
    for (const place of [work, join(work, ".base")]) symlinkSync(join(PROJECT, "bin"), join(place, "bin"));
    const { sites } = await planTopology(readProject(PROJECT), masterSlave);
    for (const { site, result } of sites)
      for (const side of ["head", "base"])
        writeFileSync(join(folder, "previews", side, `${site}.json`), JSON.stringify(stateFile(result)));
    const aachen = JSON.parse(readFileSync(join(folder, "previews/base/aachen.json"), "utf8")) as {
      deployment: { resources: { type: string; inputs: Record<string, Record<string, unknown>> }[] };
    };
    const zone = aachen.deployment.resources.find(({ type }) => type === "holdfast:platform:Zone");
    zone!.inputs["backupStore"]!["array"] = "data";
    edited = JSON.stringify(aachen);
  });
  after(() => rmSync(folder, { recursive: true }));

  it("is written in YAML that parses, one block for each platform", () => {
    expect(blocks).to.have.length(2);
    for (const { errors, warnings } of blocks) expect([...errors, ...warnings]).to.deep.equal([]);
    expect(Object.keys(workflow.jobs)).to.deep.equal(["preview", "plan"]);
    expect(Object.keys(gitlab)).to.deep.equal(["holdfast", "holdfast-fork"]);
  });

  it("names the marker that the comments begin with", () => {
    expect(TEXT.split(COMMENT_MARKER).length - 1).to.equal(3);
  });

  it("names commands and options of holdfast only that exist, here and in the text", () => {
    const help = spawnSync(process.execPath, [join(PROJECT, "bin/holdfast.js"), "check", "--help"], {
      encoding: "utf8",
    });
    const planHelp = spawnSync(process.execPath, [join(PROJECT, "bin/holdfast.js"), "plan", "--help"], {
      encoding: "utf8",
    });
    const lines = TEXT.replaceAll("\\\n", " ")
      .split("\n")
      .filter((line) => line.includes("bin/holdfast.js"));
    expect(lines.length).to.be.greaterThan(8);
    for (const line of lines) {
      const [, command, rest] = /bin\/holdfast\.js (\w+) (.*)/.exec(line) ?? [];
      const known = command === "check" ? help.stdout : command === "plan" ? planHelp.stdout : "";
      for (const option of rest!.replace(/#.*/, "").match(/--[a-z-]+/g) ?? []) expect(known, line).to.contain(option);
    }
  });

  describe("on GitHub", () => {
    const compare = (): Ran => run(step("preview", "Compare"));

    it("installs and previews", () => {
      expect(run(step("preview", "Install")).code).to.equal(0);
      const ran = run(step("preview", "Preview each site, here and on the base branch"));
      expect(ran.code, ran.output).to.equal(0);
      expect(run(step("preview", "Policy pack")).code).to.equal(0);
    });

    it("says in one line that nothing changed, and goes on though a promise was broken before", () => {
      const ran = compare();
      expect(ran.code, ran.output).to.equal(0);
      expect(readFileSync(join(work, "comment.md"), "utf8").trimEnd().split("\n")).to.have.length(2);
    });

    it("names the claim that is refuted and the fact behind it", () => {
      change(edited);
      expect(run(step("preview", "Preview each site, here and on the base branch")).code).to.equal(0);
      expect(compare().code).to.equal(0);
      const comment = readFileSync(join(work, "comment.md"), "utf8");
      expect(comment)
        .to.match(/\| `C5` \| confirmed \| \*\*refuted\*\*/)
        .and.contain("lay on array data of aachen-1");
    });

    it("comments once and rewrites its own comment afterwards", () => {
      const env = { COMMENTS: "repos/o/r/issues/1/comments", ONE_COMMENT: "repos/o/r/issues/comments" };
      const first = run(step("preview", "Comment"), env);
      expect(first.code, first.output).to.equal(0);
      expect(first.calls.at(-1)).to.include.members(["POST", env.COMMENTS, "body=@comment.md"]);
      const again = run(step("preview", "Comment"), { ...env, FOUND: "12\n34" });
      expect(again.calls.at(-1)).to.include.members(["PATCH", `${env.ONE_COMMENT}/12`]);
    });

    it("fails at last for the broken promise, with all of it in the log", () => {
      const ran = run(step("preview", "Promises"));
      expect(ran.code).to.equal(1);
      expect(ran.output).to.match(/Changes since the base[\s\S]*C5: why/);
    });

    it("stops at a preview that leaves out what does not change", () => {
      const script = step("preview", "Preview each site, here and on the base branch");
      expect(run(script.replaceAll(" --show-sames", "")).code).to.equal(0);
      const ran = compare();
      expect(ran.code).to.not.equal(0);
      expect(ran.output).to.contain("--show-sames");
    });

    it("plans both branches where there are no secrets", () => {
      const plan = step("plan", "Plan without state, here and on the base branch");
      const planned = run(plan);
      expect(planned.code, planned.output).to.equal(0);
      const compared = run(step("plan", "Compare"));
      expect(compared.code, compared.output).to.be.oneOf([0, 1]);
      expect(readFileSync(join(work, "summary.md"), "utf8")).to.match(/nothing changes/);
    });
  });

  describe("on GitLab", () => {
    it("does the same on GitLab: compares, rewrites its own comment and no other, and fails for the broken promise", () => {
      const env = {
        CI_API_V4_URL: "https://gitlab.example.org/api/v4",
        CI_PROJECT_ID: "3",
        CI_MERGE_REQUEST_IID: "5",
        HOLDFAST_COMMENT_TOKEN: "token",
        NOTES: JSON.stringify([
          { id: 1, author: { id: 6 }, body: `${COMMENT_MARKER} of somebody else` },
          { id: 2, author: { id: 7 }, body: "another of its own" },
          { id: 9, author: { id: 7 }, body: `${COMMENT_MARKER}\nformer` },
        ]),
      };
      change(edited);
      const { script } = gitlab["holdfast"]!;
      const ran = run(script.join("\n"), env);
      expect(ran.code, ran.output).to.equal(1);
      expect(ran.calls.at(-1)?.join(" ")).to.match(
        /--request PUT \S+\/merge_requests\/5\/notes\/9 --form body=<comment\.md/,
      );
      expect(readFileSync(join(work, "comment.md"), "utf8")).to.contain("**refuted**");
      const first = run(script.join("\n"), { ...env, NOTES: "[]" });
      expect(first.calls.at(-1)?.join(" ")).to.match(/--request POST \S+\/merge_requests\/5\/notes --form/);
      for (const [name, { script: lines }] of Object.entries(gitlab))
        expect(lines.join("\n").match(/check [\s\S]*--base/), name).to.not.equal(null);
    });
  });
});
