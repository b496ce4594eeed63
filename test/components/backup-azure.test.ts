import { expect } from "chai";
import { spawnSync } from "node:child_process";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { BackupSchedule } from "../../components/backup.ts";
import { copyScript, copyScriptName } from "../../components/backup-copy-script.ts";
import { pbmConfig } from "../../components/backup-pbm.ts";
import { ownMongoStore } from "../../components/backup-places.ts";
import { backupJobs } from "../../components/backup-plan.ts";
import { backupScripts } from "../../components/backup-scripts.ts";
import type { Peer, PodIdentity, SiteContext } from "../../components/context.ts";
import { platformPolicies } from "../../components/network-policies.ts";
import { PgPrimaryReplica } from "../../components/pg-primary-replica.ts";
import { runProgram } from "../../planner/harness.ts";
import { azurePrimary } from "../../topologies/azure-primary.ts";
import { azurePeer, contextOf, peerOf, sharedKeys } from "./backup-fixture.ts";
import { at, object, objects } from "./declared.ts";
import { expectSnapshot } from "./snapshot.ts";

const topology = azurePrimary;
const azure = contextOf("azure", { topology, aks: true });
const aachen = contextOf("aachen", { topology });
/** Azure as the site that pulls, which no topology asks for yet. */
const pulling = contextOf("azure", {
  topology: { ...topology, backups: { ...topology.backups, copies: [{ from: "aachen", to: "azure" }] } },
  aks: true,
  active: "aachen",
});

const identity: PodIdentity = {
  serviceAccountAnnotations: { "azure.workload.identity/client-id": "client" },
  podLabels: { "azure.workload.identity/use": "true" },
};
const pair = { accessKeyId: pulumi.secret("the-id"), secretAccessKey: pulumi.secret("the-secret") };

async function declare(context: SiteContext, peers: readonly Peer[] = []) {
  const { resources } = await runProgram(() => {
    const blobs = context.store.protocol === "azure-blob";
    const access = blobs ? { identity, mongoBackupKey: pulumi.secret("account-key") } : { credentials: pair };
    new BackupSchedule("backup", {
      context,
      keys: sharedKeys(),
      peers,
      pullCredentials: { azure: pair, aachen: pair },
      ...access,
    });
    new PgPrimaryReplica("postgres", { context, keys: sharedKeys(), ...(blobs ? { identity } : {}) });
  });
  return resources;
}

type Variable = { readonly name: string; readonly value?: string; readonly valueFrom?: unknown };

const environment = (job: Parameters<typeof at>[0], list = "containers"): ReadonlyMap<string, Variable> =>
  new Map(
    (at(job, `spec.jobTemplate.spec.template.spec.${list}.0.env`) as readonly Variable[]).map((one) => [one.name, one]),
  );

describe("backups of a site on Azure", () => {
  it("are written by workload identity: no pod but MongoDB's has a key of a store", async () => {
    const resources = await declare(azure);
    const jobs = objects(resources, "CronJob");
    expect([...jobs.keys()]).to.have.members([
      "backup-mongo",
      "backup-uploads-core-files",
      "restore-test-postgres",
      "restore-test-mongo",
      "restore-test-core-files",
    ]);
    for (const [name, job] of jobs) {
      const pod = "spec.jobTemplate.spec.template";
      expect(at(job, `${pod}.spec.serviceAccountName`), name).to.equal("backup");
      expect(at(job, `${pod}.metadata.labels`), name).to.include(identity.podLabels);
      const text = JSON.stringify(job.inputs);
      expect(text.includes("backup-credentials"), name).to.equal(false);
      expect(text.includes("backup-mongo-account"), name).to.equal(name.includes("mongo"));
    }
    expect(at(object(resources, "ServiceAccount", "backup"), "metadata.annotations")).to.deep.equal(
      identity.serviceAccountAnnotations,
    );
    const uploads = environment(jobs.get("backup-uploads-core-files")!);
    expect(uploads.get("AZURE_ACCOUNT_NAME")?.value).to.equal("examplebackups");
    expect(uploads.get("BACKUP_BUCKET")?.value).to.equal("holdfast");
    expect([...objects(resources, "Secret").keys()]).to.not.include("backup-credentials");
    expect([...objects(resources, "Service").keys()]).to.not.include("backup-azure");
  });

  it("hold the account's key in a Secret only", async () => {
    const resources = await declare(azure);
    expect(JSON.stringify(resources.map(({ inputs }) => inputs))).to.not.include("account-key");
    expect([...objects(resources, "Secret").keys()]).to.include("backup-mongo-account");
  });

  it("of PostgreSQL go into the container by the cluster's own service account", async () => {
    const resources = await declare(azure);
    const store = object(resources, "ObjectStore", "pg-azure");
    expect(at(store, "spec.configuration")).to.deep.include({
      destinationPath: "https://examplebackups.blob.core.windows.net/holdfast/postgres",
      azureCredentials: { inheritFromAzureAD: true },
    });
    expect(JSON.stringify(store.inputs)).to.not.match(/s3|AWS|endpointURL/);
    const cluster = object(resources, "Cluster", "pg-azure");
    expect(at(cluster, "spec.serviceAccountTemplate")).to.deep.equal({
      metadata: { annotations: identity.serviceAccountAnnotations },
    });
    expect(at(cluster, "spec.inheritedMetadata.labels")).to.include(identity.podLabels);
  });

  it("of MongoDB lie in an account of their own, whose key the script appends", () => {
    const text = pbmConfig(azure, { ...ownMongoStore(azure), prefix: "mongo" });
    expect(parse(text + '    credentials:\n      key: "the-key"\n')).to.have.deep.property("storage", {
      type: "azure",
      azure: {
        endpointUrl: "https://examplebackupsmongo.blob.core.windows.net",
        account: "examplebackupsmongo",
        container: "holdfast",
        prefix: "mongo",
        credentials: { key: "the-key" },
      },
    });
    expect(backupScripts("azure-blob")["common.sh"]).to.include("BACKUP_ACCOUNT_KEY");
  });

  it("are let out by HTTPS, where the token comes from too", () => {
    const backup = platformPolicies(azure).find(({ policy }) => policy === "backup")!;
    expect(backup.spec.egress).to.deep.include({ ports: [{ protocol: "TCP", port: 443 }] });
  });
});

describe("copies between S3 and Azure", () => {
  it("pull both accounts past the tunnel, with an application's id and secret", async () => {
    const jobs = objects(await declare(aachen, [azurePeer()]), "CronJob");
    for (const [name, account] of [
      ["backup-copy-azure", "examplebackups"],
      ["backup-copy-azure-mongo", "examplebackupsmongo"],
    ] as const) {
      const env = environment(jobs.get(name)!);
      const value = (key: string) => env.get(key)?.value;
      expect(value("SOURCE_ENDPOINT")).to.equal(`https://${account}.blob.core.windows.net`);
      expect(value("SOURCE_ACCOUNT")).to.equal(account);
      expect(value("SOURCE_TENANT")).to.equal("11111111-1111-1111-1111-111111111111");
      expect(env.get("RCLONE_CONFIG_SOURCE_CLIENT_ID")?.valueFrom).to.deep.equal({
        secretKeyRef: { name: "backup-pull-azure", key: "ACCESS_KEY_ID" },
      });
      expect(env.get("RCLONE_CONFIG_SOURCE_CLIENT_SECRET")).to.not.equal(undefined);
      expect(value("BACKUP_PREFIX")).to.equal("copy-of-azure");
      expect(env.has("RCLONE_CONFIG_OWN_ACCESS_KEY_ID")).to.equal(true);
    }
  });

  it("open the way to Azure for the pods of backups, once that site has told of its store", () => {
    const https = (peers: readonly Peer[]) =>
      JSON.stringify(platformPolicies(aachen, peers).find(({ policy }) => policy === "backup")).includes('"port":443');
    expect(https([azurePeer()])).to.equal(true);
    expect(https([])).to.equal(false);
    expect(https([peerOf("azure")])).to.equal(false);
  });

  it("are tested where MongoDB's part of them lies", () => {
    const test = (context: SiteContext, peers: readonly Peer[], name: string) => {
      const job = backupJobs(context, peers).find((one) => one.name === name)!;
      return "at" in job ? job.at : undefined;
    };
    expect(test(aachen, [azurePeer()], "restore-test-azure-mongo")).to.deep.include({
      bucket: "backups-aachen",
      prefix: "copy-of-azure/mongo",
    });
    expect(test(pulling, [peerOf("aachen")], "restore-test-aachen-mongo")).to.deep.include({
      account: "examplebackupsmongo",
      prefix: "copy-of-aachen/mongo",
    });
    expect(test(pulling, [peerOf("aachen")], "restore-test-aachen-postgres")).to.deep.include({
      account: "examplebackups",
      prefix: "copy-of-aachen/postgres",
    });
  });

  it("from S3 into Azure part MongoDB's from the rest, each into its account", async () => {
    const jobs = objects(await declare(pulling, [peerOf("aachen")]), "CronJob");
    const files = environment(jobs.get("backup-copy-aachen")!);
    const mongo = environment(jobs.get("backup-copy-aachen-mongo")!);
    expect(files.get("AZURE_ACCOUNT_NAME")?.value).to.equal("examplebackups");
    expect(files.get("OWN_ENV_AUTH")?.value).to.equal("true");
    expect(files.has("RCLONE_CONFIG_OWN_KEY")).to.equal(false);
    expect(mongo.get("AZURE_ACCOUNT_NAME")?.value).to.equal("examplebackupsmongo");
    expect(mongo.get("OWN_ENV_AUTH")?.value).to.equal("false");
    expect(mongo.get("RCLONE_CONFIG_OWN_KEY")?.valueFrom).to.deep.equal({
      secretKeyRef: { name: "backup-mongo-account", key: "key" },
    });
  });

  it("run scripts that are there", async () => {
    for (const [context, peers] of [
      [aachen, [azurePeer()]],
      [pulling, [peerOf("aachen")]],
    ] as const) {
      const resources = await declare(context, peers);
      const scripts = at(object(resources, "ConfigMap", "backup-scripts"), "data") as Record<string, string>;
      for (const [name, job] of objects(resources, "CronJob")) {
        const [, file] = at(job, "spec.jobTemplate.spec.template.spec.containers.0.command") as [string, string];
        expect(Object.keys(scripts), name).to.include(file.replace("/scripts/", ""));
      }
    }
  });
});

describe("the scripts of a site on Azure", () => {
  const ways = [
    { source: "s3", part: "files" },
    { source: "s3", part: "mongo" },
    { source: "azure-blob", part: "all" },
  ] as const;
  const all = {
    ...backupScripts("azure-blob", ways),
    "to-s3-backup-copy-blobs.sh": copyScript({ source: "azure-blob", part: "all" }, "s3"),
  };

  it("differ from those for S3 in how a store is named and entered, and in nothing else", () => {
    const s3 = backupScripts();
    const different = Object.keys(s3).filter(
      (name) => name in all && backupScripts("azure-blob", ways)[name] !== s3[name],
    );
    expect(different).to.have.members([
      "common.sh",
      "backup-uploads.sh",
      "restore-test-postgres.sh",
      "restore-wal.sh",
      "restore-test-uploads.sh",
    ]);
  });

  for (const [name, text] of Object.entries(all)) {
    it(`${name} is read by the shell, and names no S3 store but one that it copies from`, () => {
      const { status, stderr } = spawnSync("sh", ["-n"], { input: text, encoding: "utf8" });
      expect(status, stderr).to.equal(0);
      if (!name.includes("copy")) expect(text).to.not.match(/s3:|AWS_|--endpoint-url/);
      expect(text).to.not.match(/\b(delete|prune|forget|sync|purge|cleanup)\b/);
    });
  }

  for (const way of ways) {
    const own = way.source === "s3" ? "azure-blob" : "s3";
    it(`copy as reviewed: ${copyScriptName(way)} into ${own}`, () =>
      expectSnapshot(`copy-into-${own}-${copyScriptName(way)}`, copyScript(way, own)));
  }
});
