import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import { BackupSchedule } from "../../components/backup.ts";
import type { BackupScheduleArgs } from "../../components/backup.ts";
import type { SiteContext } from "../../components/context.ts";
import { runProgram } from "../../planner/harness.ts";
import { contextOf, peerOf, sharedKeys } from "./backup-fixture.ts";

const SECRETS = ["own-id-value", "own-key-value", "pull-id-value", "pull-key-value", "repository-value"] as const;
const secret = (value: (typeof SECRETS)[number]): pulumi.Output<string> => pulumi.secret(value);

async function declare(context: SiteContext, rest: Partial<BackupScheduleArgs> & { keyless?: boolean } = {}) {
  const { keyless, ...args } = rest;
  const { resources } = await runProgram(() => {
    new BackupSchedule("backup", {
      context,
      keys: keyless ? undefined : sharedKeys(secret("repository-value")),
      credentials: { accessKeyId: secret("own-id-value"), secretAccessKey: secret("own-key-value") },
      pullCredentials: {
        aachen: { accessKeyId: secret("pull-id-value"), secretAccessKey: secret("pull-key-value") },
      },
      peers: [],
      ...args,
    });
  });
  const ours = resources.filter(({ name }) => name.startsWith("backup-"));
  const children = JSON.parse(JSON.stringify(ours)) as readonly Child[];
  const find = (kind: string, name: string): Child => {
    const found = children.find((child) => child.type.endsWith(`:${kind}`) && child.inputs.metadata.name === name);
    if (!found) throw new Error(`no ${kind} ${name}`);
    return found;
  };
  return {
    children,
    find,
    named: (kind: string): string[] =>
      children.filter(({ type }) => type.endsWith(`:${kind}`)).map(({ inputs }) => inputs.metadata.name),
    cronJobs: children.filter(({ type }) => type.endsWith(":CronJob")),
  };
}

describe("BackupSchedule [S1.7]", () => {
  it("declares the active site's jobs, store and Secrets", async () => {
    const { named, find } = await declare(contextOf("aachen"));
    expect(named("CronJob")).to.have.members([
      "backup-mongo",
      "backup-uploads-core-files",
      "restore-test-postgres",
      "restore-test-mongo",
      "restore-test-core-files",
    ]);
    expect(named("Secret")).to.have.members(["backup-credentials", "backup-repositories"]);
    expect(named("ConfigMap")).to.have.members(["backup-mongo", "backup-scripts"]);
    expect(Object.keys(find("ConfigMap", "backup-mongo").inputs.data!)).to.deep.equal([
      "pbm.yaml",
      "restore-test-mongo.yaml",
    ]);
    expect(find("Service", "backup-aachen").inputs.spec).to.deep.equal({
      type: "ExternalName",
      externalName: "s3.aachen.example.test",
      ports: [{ name: "s3", port: 9000, targetPort: 9000 }],
    });
  });

  it("declares the standby's copy, once the other site has told of its store", async () => {
    const before = await declare(contextOf("titan"));
    expect(before.named("CronJob")).to.deep.equal(["restore-test-postgres"]);
    expect(before.named("Secret")).to.have.members(["backup-credentials", "backup-repositories"]);
    const { named, find } = await declare(contextOf("titan"), { peers: [peerOf("aachen")] });
    expect(named("Secret")).to.include("backup-pull-aachen");
    const env = plainEnv(find("CronJob", "backup-copy-aachen"));
    expect(env).to.deep.include({
      SUBJECT: "backup-aachen",
      SOURCE_ENDPOINT: "https://backup-aachen.platform.svc.cluster.local:9000",
      SOURCE_BUCKET: "backups-aachen",
      BACKUP_ENDPOINT: "https://s3.titan.example.test:9000",
      BACKUP_BUCKET: "backups-titan",
      BACKUP_PREFIX: "copy-of-aachen",
    });
  });

  it("declares only what needs no password while there are no keys", async () => {
    const { named } = await declare(contextOf("titan"), { keyless: true, peers: [peerOf("aachen")] });
    expect(named("CronJob")).to.deep.equal(["backup-copy-aachen"]);
    expect(named("Secret")).to.have.members(["backup-credentials", "backup-pull-aachen"]);
    expect((await declare(contextOf("aachen"), { keyless: true })).named("CronJob")).to.deep.equal([]);
  });

  it("leads to a store that is given by its address, whatever its port", async () => {
    const { find } = await declare(contextOf("aachen", { endpoint: "http://192.0.2.7:7070" }));
    expect(find("Service", "backup-aachen").inputs.spec).to.deep.equal({
      ports: [{ name: "s3", port: 9000, targetPort: 7070 }],
    });
    const slice = find("EndpointSlice", "backup-aachen").inputs;
    expect(slice.metadata.labels).to.include({ "kubernetes.io/service-name": "backup-aachen" });
    expect(slice.endpoints).to.deep.equal([{ addresses: ["192.0.2.7"], conditions: { ready: true } }]);
    expect(slice.ports).to.deep.equal([{ name: "s3", port: 7070, protocol: "TCP" }]);
  });

  it("declares no copy without the key of the store that it reads", async () => {
    let message = "";
    const args = { pullCredentials: {}, peers: [peerOf("aachen")] };
    await declare(contextOf("titan"), args).catch((error: Error) => (message = error.message));
    expect(message).to.contain("no key of the store of aachen");
  });

  for (const site of ["aachen", "titan"]) {
    describe(`every job of ${site}`, () => {
      let all: readonly Child[] = [];
      let everything = "";
      before(async () => {
        const { cronJobs, children } = await declare(contextOf(site), { peers: [peerOf("aachen")] });
        all = cronJobs;
        expect(all).to.have.length(5);
        everything = JSON.stringify(children.map(({ inputs }) => inputs));
      });

      it("runs alone, in time or not at all, in UTC", () => {
        for (const { inputs } of all) {
          const { spec } = inputs;
          expect(spec).to.deep.include({ timeZone: "Etc/UTC", concurrencyPolicy: "Forbid" });
          expect(spec.startingDeadlineSeconds).to.be.within(3600, 7 * 86_400);
          const job = spec.jobTemplate.spec;
          expect(job.activeDeadlineSeconds).to.be.within(3600, 86_400);
          expect(job.backoffLimit).to.be.within(1, 2);
          expect(job.template.metadata.labels).to.include({ "app.kubernetes.io/component": "backup" });
        }
      });

      it("says plainly what it protects, and where", () => {
        for (const child of all) {
          const env = plainEnv(child);
          expect(env["BACKUP_ENDPOINT"]).to.equal(`https://s3.${site}.example.test:9000`);
          expect(env["BACKUP_BUCKET"]).to.equal(`backups-${site}`);
          expect(env["SUBJECT"]).to.match(/^(mongo|core-files|pg-aachen|pg-titan|backup-aachen)$/);
        }
      });

      it("keeps to the restricted Pod Security Standard, within limits", () => {
        for (const { inputs } of all) {
          const pod = inputs.spec.jobTemplate.spec.template.spec;
          expect(pod.securityContext).to.deep.include({
            runAsNonRoot: true,
            seccompProfile: { type: "RuntimeDefault" },
          });
          expect(pod.securityContext.runAsUser).to.be.greaterThan(0);
          expect(pod.automountServiceAccountToken).to.equal(false);
          for (const container of [...pod.containers, ...(pod.initContainers ?? [])]) {
            expect(container.securityContext).to.deep.equal({
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ["ALL"] },
            });
            expect(container.image).to.match(/:v?\d+\.\d+/);
            expect(container.resources.requests).to.have.all.keys("cpu", "memory");
            expect(container.resources.limits).to.have.property("memory");
          }
        }
      });

      it("mounts what it names, and runs scripts that exist", () => {
        const scripts = new Set<string>();
        for (const { inputs } of all) {
          const pod = inputs.spec.jobTemplate.spec.template.spec;
          const volumes = pod.volumes.map(({ name }) => name);
          for (const { volumeMounts, command } of [...pod.containers, ...(pod.initContainers ?? [])]) {
            for (const { name } of volumeMounts) expect(volumes).to.include(name);
            if (command[0] === "sh") scripts.add(command[1]!.replace("/scripts/", ""));
          }
        }
        const known = JSON.parse(everything) as readonly Child["inputs"][];
        const map = known.find(({ metadata }) => metadata.name === "backup-scripts")!;
        expect(Object.keys(map.data!)).to.include.members([...scripts]);
        expect(scripts.size).to.be.at.least(5);
      });

      it("holds no secret in the clear", () => {
        for (const value of SECRETS) expect(everything).to.not.contain(value);
      });
    });
  }

  it("reads uploads where they are written, without the right to change them", async () => {
    const { find } = await declare(contextOf("aachen"));
    const pod = find("CronJob", "backup-uploads-core-files").inputs.spec.jobTemplate.spec.template.spec;
    expect(pod.volumes).to.deep.include({ name: "uploads", persistentVolumeClaim: { claimName: "core-files" } });
    expect(pod.containers[0]!.volumeMounts).to.deep.include({ name: "uploads", mountPath: "/uploads", readOnly: true });
  });

  it("restores MongoDB beside a replica set and an agent of its own, and counts last", async () => {
    const { find } = await declare(contextOf("aachen"));
    const pod = find("CronJob", "restore-test-mongo").inputs.spec.jobTemplate.spec.template.spec;
    expect(pod.initContainers!.map(({ name, restartPolicy }) => [name, restartPolicy])).to.deep.equal([
      ["mongod", "Always"],
      ["agent", "Always"],
      ["restore", undefined],
    ]);
    expect(pod.containers.map(({ name }) => name)).to.deep.equal(["count"]);
  });
});

interface Container {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly restartPolicy?: string;
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly volumeMounts: readonly { readonly name: string }[];
  readonly securityContext: object;
  readonly resources: { readonly requests: object; readonly limits: object };
}

/** The parts of the declared objects that are looked at here. */
interface Child {
  readonly type: string;
  readonly inputs: {
    readonly metadata: { readonly name: string; readonly labels: Record<string, string> };
    readonly data?: Record<string, string>;
    readonly endpoints?: unknown;
    readonly ports?: unknown;
    readonly spec: {
      readonly startingDeadlineSeconds: number;
      readonly jobTemplate: {
        readonly spec: {
          readonly activeDeadlineSeconds: number;
          readonly backoffLimit: number;
          readonly template: {
            readonly metadata: { readonly labels: Record<string, string> };
            readonly spec: {
              readonly automountServiceAccountToken: boolean;
              readonly securityContext: { readonly runAsUser: number };
              readonly containers: readonly Container[];
              readonly initContainers?: readonly Container[];
              readonly volumes: readonly { readonly name: string }[];
            };
          };
        };
      };
    };
  };
}

function plainEnv({ inputs }: Child): Record<string, string | undefined> {
  const [container] = inputs.spec.jobTemplate.spec.template.spec.containers;
  return Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value]));
}
