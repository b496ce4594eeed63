import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { lossesWith, outcomeOf } from "../../../../lab/drill/predictions.ts";
import { storageDrills } from "../../../../lab/faults/d05-storage.ts";
import { copyCommands, isServicePod, layCommand, localCommands } from "../../../../lab/faults/restore.ts";
import { restoreRunbook } from "../../../../lab/faults/runbook.ts";
import type { Scene } from "../../../../lab/faults/drill.ts";
import { arraysOf } from "../../../../lab/faults/storage.ts";
import { planStage } from "../../../../lab/stage/planned.ts";
import type { PlannedSite, PlannedStage } from "../../../../lab/stage/planned.ts";

const manifests = (commands: string): readonly unknown[] =>
  [...commands.matchAll(/<<'YAML'\n([\s\S]*?)^YAML$/gm)].map(([, text = ""]) => parse(text) as unknown);

const sceneWith = (planned: PlannedSite): Scene =>
  ({ primary: { site: { name: "aachen" }, planned }, standby: { site: { name: "titan" } } }) as Scene;

describe("a restore by the runbook", () => {
  let plan: PlannedStage;
  let aachen: PlannedSite;

  before(async () => {
    plan = await planStage(join(__dirname, "../../../.."), "master-slave", () => undefined);
    aachen = plan.sites.find(({ name }) => name === "aachen")!;
  });

  it("from the local backups reads the site's own archive, before any service runs", () => {
    const { layEmpty, restorePostgres, bringPostgres, restoreUploads, layAll, layStandby, deleteStandby } =
      localCommands(restoreRunbook());
    expect([layEmpty, layAll, layStandby]).to.deep.equal([
      { stack: "aachen", isClosed: true },
      { stack: "aachen", isClosed: false },
      { stack: "titan", isClosed: false },
    ]);
    const [cluster] = manifests(restorePostgres);
    expect(cluster).to.have.nested.property("spec.bootstrap.recovery").that.deep.equals({ source: "archive" });
    expect(cluster)
      .to.have.nested.property("spec.externalClusters[0].plugin.parameters")
      .that.deep.equals({ barmanObjectName: "pg-aachen", serverName: "pg-aachen" });
    expect(bringPostgres).to.contain("pg_restore").and.not.contain("--context");
    expect(restoreUploads).to.contain("FROM=uploads-core-media");
    expect(deleteStandby).to.match(/^kubectl --context titan .*pg-titan --cascade=foreground$/);
  });

  it("from the copy reads at the other site, which alone has the key", () => {
    const { restorePostgres, bringPostgres, restoreUploads } = copyCommands(restoreRunbook());
    const [store, cluster] = manifests(restorePostgres);
    expect(store).to.have.nested.property(
      "spec.configuration.destinationPath",
      "s3://holdfast/copy-of-aachen/postgres",
    );
    expect(cluster)
      .to.have.nested.property("spec.externalClusters[0].plugin.parameters")
      .that.deep.equals({ barmanObjectName: "copy-of-aachen", serverName: "pg-aachen" });
    expect(restorePostgres).not.to.match(/kubectl (?!--context titan )/);
    expect(bringPostgres)
      .to.match(/--context titan .*pg_dump/)
      .and.match(/--context aachen .*exec -i/);
    expect(restoreUploads).to.contain("copy-of-aachen/uploads-$CLAIM").and.contain("restic dump");
  });

  it("names the claims and the objects that the plan has", () => {
    const claims = aachen.objects
      .filter(({ kind }) => kind === "PersistentVolumeClaim")
      .map(({ metadata }) => metadata.name);
    expect(claims).to.include("core-media");
    for (const commands of [localCommands(restoreRunbook()), copyCommands(restoreRunbook())])
      expect(/CLAIM=(\S+)/.exec(commands.restoreUploads)?.[1]).to.be.oneOf(claims);
  });

  it("is not typed where the runbook lays otherwise than the lab does", () => {
    expect(() => layCommand("pulumi up -s aachen")).to.throw("the lab cannot do");
    expect(() => layCommand("pulumi up --refresh -s aachen --exclude '**Cluster::**'")).to.throw("the lab cannot do");
    const changed = restoreRunbook().replace("## From the local backups (C5)\n", "## Elsewhere\n");
    expect(() => localCommands(changed)).to.throw("no chapter");
  });

  it("leaves out the services' pods, and nothing else", () => {
    const left = aachen.objects.filter(isServicePod).map(({ metadata }) => metadata.name);
    const type = "kubernetes:apps/v1:Deployment";
    const declared = aachen.resources.filter(
      (resource) => resource.type === type && /platform:Service\$/.test(String(resource.urn)),
    );
    expect(left).to.have.members(["core", "alastair", "events", "frontend"]);
    expect(declared).to.have.lengthOf(left.length);
  });

  it("loses what the drill's fault takes: three disks of the data, or every array", () => {
    expect(arraysOf({ planned: aachen }).map(({ array, disks }) => [array, disks])).to.deep.equal([
      ["data", 6],
      ["backup", 2],
    ]);
  });

  it("is held against the backups that it reads, not against the standby", () => {
    const [local, copy, both] = storageDrills({ primary: "aachen", standby: "titan" });
    const scene = sceneWith(aachen);
    const stated = ({ fault, restores }: NonNullable<typeof local>) => {
      const outcome = outcomeOf(plan.judgement, fault);
      if (outcome === undefined || restores === undefined) throw new Error(`nothing is predicted of ${fault}`);
      const { losses } = lossesWith(plan.judgement, outcome, restores(scene));
      const secondsOf = (subject: string) => losses.find((loss) => loss.subject === subject);
      const before = outcome.dataLoss.find(({ subject }) => subject === "mongo");
      expect(secondsOf("mongo")?.seconds, "MongoDB comes from its own member").to.equal(before?.seconds);
      return { postgres: secondsOf("postgres"), uploads: secondsOf("uploads:core-media@aachen") };
    };
    expect(stated(local!).postgres).to.include({ kind: "bounded", seconds: 60 });
    expect(stated(local!).uploads).to.include({ kind: "bounded", seconds: 86_400 });
    expect(stated(copy!).postgres).to.include({ kind: "bounded", seconds: 604_860 });
    expect(stated(both!).postgres).to.include({ kind: "unknown", seconds: null });
  });

  it("reads the other site's copy where the backups lay on the array that is lost", () => {
    const [array] = storageDrills({ primary: "aachen", standby: "titan" });
    expect(array?.restores?.(sceneWith(aachen)).from).to.equal("aachen");
    const together = { ...aachen, store: { ...aachen.store!, array: "data" } };
    expect(array?.restores?.(sceneWith(together)).from).to.equal("titan");
  });
});
