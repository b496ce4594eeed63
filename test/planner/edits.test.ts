import { expect } from "chai";
import { resolve } from "node:path";
import { judge } from "../../planner/judge.ts";
import type { Judgement } from "../../planner/judge.ts";
import { planTopology } from "../../planner/plan.ts";
import { readProject } from "../../planner/stack-files.ts";
import { stateFile } from "../../planner/state-file.ts";
import { readStack } from "../../resilience/read.ts";
import { masterSlave } from "../../topologies/master-slave.ts";

interface Entry {
  readonly urn: string;
  readonly type: string;
  inputs: Record<string, unknown>;
}

type Stacks = Readonly<Record<"aachen" | "titan", readonly Entry[]>>;

/** The property at a path, as an object that can be edited. */
function at(root: unknown, ...path: readonly (string | number)[]): Record<string, unknown> {
  const found = path.reduce((value, key) => (value as Record<string | number, unknown>)[key], root);
  return found as Record<string, unknown>;
}

function find(entries: readonly Entry[], type: string, name: RegExp): Entry {
  const found = entries.find((entry) => entry.type === type && name.test(entry.urn));
  if (!found) throw new Error(`no ${type} ${String(name)}`);
  return found;
}

/** Changes the document of the replica set, which the active site applies. */
function editReplicaSet(stacks: Stacks, edit: (members: Record<string, unknown>[]) => Record<string, unknown>[]): void {
  const data = at(find(stacks.aachen, "kubernetes:core/v1:ConfigMap", /mongo-config$/).inputs, "data");
  const document = JSON.parse(String(data["replica-set.json"])) as { members: Record<string, unknown>[] };
  data["replica-set.json"] = JSON.stringify({ ...document, members: edit(document.members) });
}

const isTitan = ({ host }: Record<string, unknown>): boolean => String(host).includes("mongo-titan");

describe("edits of stack.json change the answer", function () {
  this.timeout(120_000);
  let texts: Readonly<Record<string, string>> = {};
  let original: Judgement;

  const judgeTexts = (edit: (stacks: Stacks) => void): Judgement => {
    const documents = Object.fromEntries(
      Object.entries(texts).map(([name, text]) => [name, JSON.parse(text) as unknown]),
    );
    const entries = (name: string): readonly Entry[] =>
      at(documents[name], "deployment")["resources"] as readonly Entry[];
    edit({ aachen: entries("aachen"), titan: entries("titan") });
    return judge(Object.entries(documents).map(([site, document]) => readStack(JSON.stringify(document), site)));
  };
  const outcome = ({ outcomes }: Judgement, fault: string) => {
    const found = outcomes.find((one) => one.fault === fault);
    if (!found) throw new Error(`no outcome of ${fault}`);
    return found;
  };
  const site = (judgement: Judgement, fault: string, name: string) =>
    outcome(judgement, fault).sites.find((one) => one.site === name)!;
  const verdict = ({ claims }: Judgement, id: string) => claims.find(({ claim }) => claim.id === id)?.verdict;

  before(async () => {
    const { sites } = await planTopology(readProject(resolve(__dirname, "../..")), masterSlave);
    texts = Object.fromEntries(sites.map(({ site: name, result }) => [name, JSON.stringify(stateFile(result))]));
    original = judgeTexts(() => undefined);
  });

  it("unedited, a forced promotion says that uploads start empty, what is given up, and what Aachen may do", () => {
    const { recovery, reasons } = outcome(original, "site:aachen");
    expect(recovery.commands.join()).to.contain("bring the uploads core-media back at titan");
    const texts = reasons.map(({ text }) => text).join();
    expect(texts).to.contain("gives up for good").and.to.contain("risk of split brain");
  });

  it("Titan's gateway admits nobody any more: its replication stops, and no write gets out", () => {
    const after = judgeTexts((stacks) => {
      const entry = stacks.titan.findIndex(({ urn }) => urn.endsWith("overlay-policy-gateway-entry"));
      expect(entry).to.be.greaterThan(-1);
      (stacks.titan as Entry[]).splice(entry, 1);
    });
    expect(site(after, "control-plane:aachen", "titan").writes).to.equal("read-only");
    expect(
      outcome(after, "storage:aachen").dataLoss.find(({ subject }) => subject === "postgres")?.seconds,
    ).not.to.equal(5);
  });

  it("Titan's member is hidden and an hour late: nobody reads from it, and it misses that hour", () => {
    const after = judgeTexts((stacks) =>
      editReplicaSet(stacks, (members) =>
        members.map((member) => (isTitan(member) ? { ...member, hidden: true, secondaryDelaySecs: 3600 } : member)),
      ),
    );
    const mongo = outcome(after, "storage:aachen").dataLoss.find(({ subject }) => subject === "mongo");
    expect(mongo?.seconds).to.equal(3602);
    const reasons = outcome(after, "site:aachen").reasons.map(({ text }) => text);
    expect(reasons.join()).to.contain("no member that alastair at titan may read from");
  });

  it("Titan's member has a StatefulSet that is scaled to nothing: its vote is gone", () => {
    const after = judgeTexts((stacks) => {
      const set = find(stacks.titan, "kubernetes:apps/v1:StatefulSet", /mongo-titan-0$/);
      at(set.inputs, "spec")["replicas"] = 0;
    });
    expect(site(original, "process:arbiter@aachen", "aachen").transition.writes).to.equal("full");
    expect(site(after, "process:arbiter@aachen", "aachen").transition.writes).to.equal("partial");
  });

  it("Titan's gateway is scaled to nothing: Titan never took writes, but Aachen's are still worth a promotion", () => {
    const after = judgeTexts((stacks) => {
      at(find(stacks.titan, "kubernetes:apps/v1:Deployment", /overlay-gateway$/).inputs, "spec")["replicas"] = 0;
    });
    expect(outcome(after, "site:aachen").recovery.mode).to.equal("manual");
  });

  it("Titan's member may become primary: a crash in Aachen elects it, and unreplicated writes are rolled back", () => {
    const after = judgeTexts((stacks) =>
      editReplicaSet(stacks, (members) =>
        members.map((member) => (isTitan(member) ? { ...member, priority: 1 } : member)),
      ),
    );
    const lost = (judgement: Judgement) =>
      outcome(judgement, "process:mongo@aachen").dataLoss.find(({ subject }) => subject === "mongo")?.kind;
    expect(lost(original)).to.equal("none");
    expect(lost(after)).to.equal("bounded");
    expect(outcome(after, "link:aachen-titan").splitBrain.possible).to.equal("yes");
    const storage = outcome(after, "storage:aachen").dataLoss.find(({ subject }) => subject === "mongo");
    expect(storage).to.include({ kind: "bounded", seconds: 2 });
  });

  it("the arbiter is gone: without Titan the primary has no majority", () => {
    const after = judgeTexts((stacks) =>
      editReplicaSet(stacks, (members) => members.filter((member) => member["arbiterOnly"] !== true)),
    );
    expect(site(original, "site:titan", "aachen").writes).to.equal("full");
    expect(site(after, "site:titan", "aachen").writes).to.not.equal("full");
  });

  it("Titan's read-only route takes POST: writes fail there though nothing is broken", () => {
    const after = judgeTexts(({ titan }) => {
      const route = at(
        find(titan, "kubernetes:traefik.io/v1alpha1:IngressRoute", /core\.read\.public$/).inputs,
        "spec",
        "routes",
        0,
      );
      const match = String(route["match"]);
      expect(match).to.contain("Method(`GET`)");
      route["match"] = match.replace("Method(`GET`)", "Method(`GET`) || Method(`POST`)");
    });
    expect(verdict(original, "C4")).to.equal("confirmed");
    expect(verdict(after, "C4")).to.equal("refuted");
  });

  it("POST at the end of Titan's read route is no evidence of a read: nobody signs in, and a person must promote", () => {
    const after = judgeTexts(({ titan }) => {
      const route = at(
        find(titan, "kubernetes:traefik.io/v1alpha1:IngressRoute", /core\.read\.public$/).inputs,
        "spec",
        "routes",
        0,
      );
      const match = String(route["match"]);
      expect(match).to.match(/\)$/);
      route["match"] = `${match.slice(0, -1)} || Method(\`POST\`))`;
    });
    for (const judgement of [original, after]) {
      expect(site(judgement, "site:aachen", "titan").signIn).to.equal("fails");
      const { recovery } = outcome(judgement, "site:aachen");
      expect(recovery.mode).to.equal("manual");
      expect(recovery.commands).to.include("pulumi config set holdfast:promotion forced -s titan");
    }
  });

  it("the backup lies on the array that it protects: three disks take both", () => {
    const after = judgeTexts(({ aachen }) => {
      const store = at(find(aachen, "holdfast:platform:Zone", /./).inputs, "backupStore");
      expect(store["array"]).to.equal("backup");
      store["array"] = "data";
    });
    expect(verdict(original, "C5")).to.equal("confirmed");
    expect(verdict(after, "C5")).to.equal("refuted");
  });

  it("Titan's PostgreSQL is no replica: a cut link splits the brain", () => {
    const after = judgeTexts(({ titan }) => {
      at(find(titan, "kubernetes:postgresql.cnpg.io/v1:Cluster", /./).inputs, "spec", "replica")["enabled"] = false;
    });
    expect(outcome(original, "link:aachen-titan").splitBrain.possible).to.equal("no");
    expect(outcome(after, "link:aachen-titan").splitBrain.possible).to.equal("yes");
  });

  it("a file without Titan leaves unknown what leads there", () => {
    const { kept, outcomes } = judge([readStack(texts["aachen"]!, "aachen")]);
    expect(kept).to.equal(false);
    expect(outcomes.some(({ unknowns }) => unknowns.length > 0)).to.equal(true);
  });
});
