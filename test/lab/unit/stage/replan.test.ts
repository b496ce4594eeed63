import { join } from "node:path";
import { expect } from "chai";
import { Stacks } from "../../../../lab/stage/replan.ts";
import type { Change } from "../../../../lab/stage/replan.ts";
import { bringUp } from "../../../../lab/stage/up.ts";
import { topologiesNamed } from "../../../../planner/plan.ts";
import { readProject } from "../../../../planner/stack-files.ts";

const CLUSTER = "kubernetes:postgresql.cnpg.io/v1:Cluster";

const names = (objects: Change["applied"]): readonly string[] =>
  objects.map(({ kind, metadata: { name } }) => `${kind} ${name}`);

async function failure(run: Promise<unknown>): Promise<string> {
  return run.then(
    () => "",
    (error: Error) => error.message,
  );
}

describe("the stacks of a topology, brought up one at a time", function () {
  this.timeout(120_000);
  const open = async (): Promise<Stacks> => {
    const [topology] = topologiesNamed(["master-slave"]);
    if (topology === undefined) throw new Error("no such topology");
    return Stacks.open({ project: readProject(join(__dirname, "../../../..")), topology });
  };
  const handOver = (stacks: Stacks, to: string): void => {
    for (const site of ["aachen", "titan"]) stacks.set(site, "active", to);
  };
  const refresh = (stacks: Stacks, site: string, demotionToken: string) => ({
    [stacks.urn(site, CLUSTER)]: { status: { demotionToken } },
  });

  it("change nothing while nothing was set", async () => {
    const stacks = await open();
    for (const site of ["aachen", "titan"]) expect(await stacks.up(site)).to.deep.equal({ applied: [], deleted: [] });
  });

  it("delete what the site is not any more, and keep the claim with users' files", async () => {
    const stacks = await open();
    handOver(stacks, "titan");
    const { applied, deleted } = await stacks.up("aachen");
    expect(names(applied)).to.include.members([
      "Cluster pg-aachen",
      "IngressRoute core.write.public",
      "Deployment core",
    ]);
    expect(names(deleted)).to.include.members(["CronJob mongo-apply", "StatefulSet mongo-aachen-arbiter"]);
    expect(names(deleted).filter((name) => name.startsWith("PersistentVolumeClaim"))).to.deep.equal([]);
    // Members of the set stay as they are: a restart would cost the set its majority just when the votes move.
    expect(names(applied).filter((name) => name.startsWith("StatefulSet"))).to.deep.equal([]);
  });

  it("hand the token on through the outputs that a refresh has read, and promote with nothing else", async () => {
    const stacks = await open();
    handOver(stacks, "titan");
    expect(await failure(stacks.up("titan"))).to.contain("demotion token");
    await stacks.up("aachen");
    expect(stacks.outputs("aachen")["demotionToken"]).to.equal("");
    expect(await failure(stacks.up("titan"))).to.contain("demotion token");
    expect(await stacks.up("aachen", refresh(stacks, "aachen", "of-aachen"))).to.deep.equal({
      applied: [],
      deleted: [],
    });
    const { applied } = await stacks.up("titan");
    const cluster = applied.find(({ kind }) => kind === "Cluster");
    expect(cluster?.["spec"]).to.have.property("replica").that.includes({ promotionToken: "of-aachen" });

    handOver(stacks, "aachen");
    await stacks.up("titan");
    await stacks.up("titan", refresh(stacks, "titan", "of-titan"));
    const back = (await stacks.up("aachen")).applied.find(({ kind }) => kind === "Cluster");
    expect(back?.["spec"]).to.have.property("replica").that.includes({ promotionToken: "of-titan" });
    for (const site of ["aachen"]) expect(await stacks.up(site), site).to.deep.equal({ applied: [], deleted: [] });
  });
});

describe("an up on a cluster", () => {
  it("applies, waits for Deployments, and deletes at the end", async () => {
    const words: string[] = [];
    const cluster = {
      name: "aachen",
      kubectl: (args: readonly string[], input?: string) => {
        words.push(`${args[0]} ${args[1]} ${input ?? args[2] ?? ""}`);
        return Promise.resolve({ code: 0, stdout: "", stderr: "" });
      },
    };
    const object = (kind: string, name: string) => ({
      apiVersion: "v1",
      kind,
      metadata: { name, namespace: "platform" },
    });
    await bringUp(cluster, { applied: [object("Deployment", "core")], deleted: [object("CronJob", "old")] });
    expect(words.map((word) => word.split(" ").slice(0, 2).join(" "))).to.deep.equal([
      "apply --server-side",
      "rollout status",
      "delete --ignore-not-found",
    ]);
    expect(words[2]).to.contain('"name":"old"');
    words.length = 0;
    await bringUp(cluster, { applied: [], deleted: [] });
    expect(words).to.deep.equal([]);
  });
});
