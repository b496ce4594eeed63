import { expect } from "chai";
import { object, steady, up } from "./site.ts";
import type { Outputs } from "./site.ts";

const CLUSTER = "kubernetes:postgresql.cnpg.io/v1:Cluster";
const replicaOf = (inputs: Record<string, unknown>): unknown => (inputs["spec"] as { replica: unknown }).replica;

async function failure(run: Promise<unknown>): Promise<string> {
  return run.then(
    () => "",
    (error: Error) => error.message,
  );
}

describe("promotion and the way back are config changes plus up", () => {
  let outputs: Outputs;
  before(async () => {
    ({ outputs } = await steady());
  });

  it("S1.5: at first Aachen takes the writes and Titan streams from it", async () => {
    const { aachen, titan } = await steady();
    expect(replicaOf(object(aachen, CLUSTER, "pg-aachen"))).to.include({ self: "pg-aachen", primary: "pg-aachen" });
    expect(replicaOf(object(titan, CLUSTER, "pg-titan"))).to.include({
      self: "pg-titan",
      primary: "pg-aachen",
      source: "pg-aachen",
    });
  });

  it("demotes the former primary by its config alone", async () => {
    const demoted = await up("aachen", { active: "titan" }, outputs);
    expect(replicaOf(object(demoted, CLUSTER, "pg-aachen"))).to.include({
      self: "pg-aachen",
      primary: "pg-titan",
      source: "pg-titan",
    });
  });

  it("refuses to promote before the former primary has been demoted, and says what to type", async () => {
    const message = await failure(up("titan", { active: "titan" }, outputs));
    expect(message).to.contain("demotion token").and.contain("pulumi up --refresh -s aachen");
  });

  it("refuses a token that an earlier demotion left behind", async () => {
    const stale = { ...outputs, aachen: { ...outputs["aachen"], demotionToken: "old-token" } };
    expect(await failure(up("titan", { active: "titan" }, stale))).to.contain("demotion token");
  });

  it("promotes with the token of the demoted stack", async () => {
    const demoted = { ...outputs, aachen: { ...outputs["aachen"], active: "titan", demotionToken: "token-of-aachen" } };
    const promoted = await up("titan", { active: "titan" }, demoted);
    expect(replicaOf(object(promoted, CLUSTER, "pg-titan"))).to.include({
      self: "pg-titan",
      primary: "pg-titan",
      promotionToken: "token-of-aachen",
    });
  });

  it("keeps the token while the promoted site stays active: the next up changes nothing", async () => {
    const after = {
      aachen: { ...outputs["aachen"], active: "titan", demotionToken: "token-of-aachen" },
      titan: { ...outputs["titan"], active: "titan" },
    };
    const again = await up("titan", { active: "titan" }, after);
    expect(replicaOf(object(again, CLUSTER, "pg-titan"))).to.include({ promotionToken: "token-of-aachen" });
  });

  it("goes the way back with the token of Titan", async () => {
    const back = {
      aachen: { ...outputs["aachen"], active: "titan", demotionToken: "token-of-aachen" },
      titan: { ...outputs["titan"], active: "aachen", demotionToken: "token-of-titan" },
    };
    const returned = await up("aachen", {}, back);
    expect(replicaOf(object(returned, CLUSTER, "pg-aachen"))).to.include({
      primary: "pg-aachen",
      promotionToken: "token-of-titan",
    });
  });

  it("promotes without a token only when told that the former primary is dead", async () => {
    const forced = await up("titan", { active: "titan", promotion: "forced" }, outputs);
    expect(replicaOf(object(forced, CLUSTER, "pg-titan")))
      .to.include({ primary: "pg-titan" })
      .and.not.have.property("promotionToken");
  });
});

describe("a topology, once deployed, is not changed in place", () => {
  it("refuses, and names the steps", async () => {
    const { outputs } = await steady();
    const message = await failure(up("aachen", { topology: "azure-primary" }, outputs));
    expect(message).to.contain("master-slave").and.contain("pulumi config set holdfast:topology master-slave");
  });
});
