import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { runSite } from "../../planner/site-run.ts";
import { readProject } from "../../planner/stack-files.ts";

const project = readProject(".");
const config = { values: { "holdfast:size": "1" }, secretKeys: [] };

/** A program that reads the stack `other` where its config says so, and counts its runs. */
function counted(): { readonly program: () => unknown; readonly runs: () => number } {
  let runs = 0;
  const program = (): unknown => {
    runs++;
    const settings = new pulumi.Config("holdfast");
    const size = settings.require("size");
    return settings.getBoolean("alone") === true
      ? { size }
      : { size, heard: new pulumi.StackReference("organization/holdfast/other").getOutput("said") };
  };
  return { program, runs: () => runs };
}

describe("planner/site-run", () => {
  it("gives the former result where config and all that is read of other stacks are the same", async () => {
    const { program, runs } = counted();
    const first = await runSite(program, project, "here", config, { other: { said: "a" } });
    const again = await runSite(program, project, "here", { ...config }, { other: { said: "a" }, unread: { x: 1 } });
    expect(again).to.equal(first);
    expect(runs()).to.equal(1);
  });

  it("runs anew for another stack, another config, other secrets, and other outputs of a stack that is read", async () => {
    const { program, runs } = counted();
    const said = { other: { said: "a" } };
    const results = [
      await runSite(program, project, "here", config, said),
      await runSite(program, project, "there", config, said),
      await runSite(program, project, "here", { ...config, values: { "holdfast:size": "2" } }, said),
      await runSite(program, project, "here", { ...config, secretKeys: ["holdfast:size"] }, said),
      await runSite(program, project, "here", config, { other: { said: "b" } }),
      await runSite(program, project, "here", config, {}),
    ];
    expect(runs()).to.equal(results.length);
    expect(new Set(results).size).to.equal(results.length);
    expect(results.map(({ outputs }) => outputs["heard"])).to.deep.equal(["a", "a", "a", "a", "b", undefined]);
  });

  it("takes no notice of stacks that are not read", async () => {
    const { program, runs } = counted();
    const alone = { ...config, values: { ...config.values, "holdfast:alone": "true" } };
    await runSite(program, project, "here", alone, { other: { said: "a" } });
    await runSite(program, project, "here", alone, { other: { said: "b" } });
    expect(runs()).to.equal(1);
  });

  it("remembers no failure", async () => {
    let fails = true;
    const program = (): unknown => {
      if (fails) throw new TypeError("a slip");
      return {};
    };
    const slip = await runSite(program, project, "here", config, {}).catch((error: unknown) => error);
    expect(slip).to.be.instanceOf(TypeError);
    fails = false;
    expect((await runSite(program, project, "here", config, {})).stack).to.equal("here");
  });
});
