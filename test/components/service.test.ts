import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import { Service } from "../../components/service.ts";
import { claimPlan, rollout } from "../../components/service-plan.ts";
import { runProgram } from "../../planner/harness.ts";
import type { RecordedResource } from "../../planner/harness.ts";
import { SECRET } from "../../resilience/resource.ts";
import { at, namesOf, object, unrestricted } from "./declared.ts";
import { contextOf, services } from "./site-fixture.ts";
import type { ContextOptions } from "./site-fixture.ts";

async function declared(
  site: string,
  service: string,
  options: ContextOptions = {},
): Promise<readonly RecordedResource[]> {
  const { resources } = await runProgram(() => {
    const context = contextOf(site, options);
    const config = context.platform.services.find(({ name }) => name === service)!;
    const secretValues = Object.fromEntries(
      Object.keys(config.secrets).map((variable) => [variable, pulumi.output("the-secret-value")]),
    );
    new Service(`service-${service}`, { context, service: config, secretValues });
  });
  return resources;
}

const pod = "spec.template.spec";

describe("components/service", () => {
  it("declares its facts as the component's inputs", async () => {
    const component = (await declared("aachen", "core")).find(({ type }) => type === "holdfast:platform:Service")!;
    expect(component.name).to.equal("service-core");
    expect(component.inputs).to.deep.include({
      site: "aachen",
      service: "core",
      runs: true,
      requestsPerSecond: 500,
      session: { signInPath: "/api/core/login", lifetime: 86_400 },
      volumes: [{ name: "media", content: "uploads", urlPath: "/media/core" }],
    });
  });

  it("declares all that a service with volumes and secrets needs", async () => {
    expect(namesOf(await declared("aachen", "core"))).to.deep.equal([
      "Deployment/core",
      "PersistentVolumeClaim/core-media",
      "Secret/core-secrets",
      "Service/core",
      "ServiceAccount/core",
    ]);
  });

  it("runs one pod, replaced after it has gone, where a volume can be mounted once", async () => {
    const deployment = object(await declared("aachen", "core"), "Deployment", "core");
    expect(at(deployment, "spec.replicas")).to.equal(1);
    expect(at(deployment, "spec.strategy")).to.deep.equal({ type: "Recreate" });
    expect(at(deployment, `${pod}.volumes.0.persistentVolumeClaim.claimName`)).to.equal("core-media");
  });

  it("shares users' files between its pods where the platform has storage for it, and keeps a cache to one", () => {
    const cluster = { storageClass: "disks", sharedStorageClass: "shares" };
    const service = (...contents: ("uploads" | "cache")[]) => ({
      replicas: 2,
      volumes: contents.map((content) => ({ name: content, mountPath: "/files", size: "1Gi", content })),
    });
    const [uploads, cache] = service("uploads", "cache").volumes;
    expect(claimPlan(cluster, uploads!)).to.deep.equal({ storageClass: "shares", accessMode: "ReadWriteMany" });
    expect(claimPlan(cluster, cache!)).to.deep.equal({ storageClass: "disks", accessMode: "ReadWriteOnce" });
    expect(claimPlan({ storageClass: "disks" }, uploads!)).to.deep.equal({
      storageClass: "disks",
      accessMode: "ReadWriteOnce",
    });
    expect(rollout(cluster, service("uploads"))).to.deep.include({ replicas: 2 });
    expect(rollout(cluster, service("uploads", "cache")).replicas).to.equal(1);
    expect(rollout({ storageClass: "disks" }, service("uploads")).replicas).to.equal(1);
  });

  it("replaces pods one by one otherwise, with a disruption budget", async () => {
    const resources = await declared("aachen", "front");
    const deployment = object(resources, "Deployment", "front");
    expect(at(deployment, "spec.replicas")).to.equal(2);
    expect(at(deployment, "spec.strategy.rollingUpdate")).to.deep.equal({ maxUnavailable: 0, maxSurge: 1 });
    expect(at(object(resources, "PodDisruptionBudget", "front"), "spec.maxUnavailable")).to.equal(1);
  });

  it("keeps users' files when the site becomes the standby, and shows none of them there", async () => {
    const active = object(await declared("aachen", "core"), "PersistentVolumeClaim", "core-media");
    expect(active.retainOnDelete).to.equal(true);
    const standby = await declared("titan", "core");
    expect(namesOf(standby)).to.not.include("PersistentVolumeClaim/core-media");
    const deployment = object(standby, "Deployment", "core");
    expect(at(deployment, `${pod}.volumes.0`)).to.deep.equal({ name: "media", emptyDir: { sizeLimit: "5Gi" } });
    expect(at(deployment, `${pod}.containers.0.volumeMounts`)).to.deep.equal([
      { name: "media", mountPath: "/media", readOnly: true },
    ]);
  });

  it("is not run at a standby unless it is safe to read there; after a switchover it is", async () => {
    const standby = await declared("titan", "events");
    expect(namesOf(standby)).to.deep.equal([]);
    expect(standby.find(({ name }) => name === "service-events")!.inputs["runs"]).to.equal(false);
    expect(namesOf(await declared("titan", "events", { active: "titan" }))).to.include("Deployment/events");
  });

  it("tells the store's place plainly, and secrets only by reference", async () => {
    const resources = await declared("titan", "core");
    const env = at(object(resources, "Deployment", "core"), `${pod}.containers.0.env`);
    expect(env).to.deep.include.members([
      { name: "PGHOST", value: "pg-titan" },
      { name: "LOG_LEVEL", value: "info" },
      { name: "PGPASSWORD", valueFrom: { secretKeyRef: { name: "postgres-app", key: "password" } } },
      { name: "SESSION_KEY", valueFrom: { secretKeyRef: { name: "core-secrets", key: "SESSION_KEY" } } },
    ]);
    expect(at(object(resources, "Secret", "core-secrets"), "stringData")).to.deep.equal(SECRET);
    expect(JSON.stringify(resources.map(({ inputs }) => inputs))).to.not.include("the-secret-value");
  });

  it("replaces the pods when a secret changes", async () => {
    const annotation = "spec.template.metadata.annotations";
    const deployment = object(await declared("titan", "core"), "Deployment", "core");
    expect(at(deployment, annotation)).to.have.property("holdfast/secrets-checksum");
    const without = object(await declared("titan", "front"), "Deployment", "front");
    expect(at(without, annotation)).to.not.have.property("holdfast/secrets-checksum");
  });

  it("says when it is found dead, ready and evicted, and leaves the Service before it is restarted", async () => {
    const deployment = object(await declared("aachen", "front"), "Deployment", "front");
    const container = `${pod}.containers.0`;
    expect(at(deployment, `${container}.readinessProbe`)).to.deep.equal({
      httpGet: { path: "/healthz", port: 8080 },
      periodSeconds: 5,
      timeoutSeconds: 2,
      failureThreshold: 3,
      successThreshold: 1,
    });
    expect(at(deployment, `${container}.livenessProbe.failureThreshold`)).to.equal(6);
    expect(at(deployment, `${pod}.tolerations.0.tolerationSeconds`)).to.equal(10);
  });

  it("lets readiness alone ask a path that watches the store, and says so", async () => {
    const core = services.find(({ name }) => name === "core")!;
    const watching = [{ ...core, probe: { path: "/healthz", readyPath: "/ready" } }];
    const resources = await declared("aachen", "core", { services: watching });
    const component = resources.find(({ type }) => type === "holdfast:platform:Service")!;
    expect(component.inputs).to.deep.include({ readyWatchesStore: true, readyPath: "/ready" });
    const container = `${pod}.containers.0`;
    const deployment = object(resources, "Deployment", "core");
    for (const [probe, path] of Object.entries({ startup: "/healthz", readiness: "/ready", liveness: "/healthz" }))
      expect(at(deployment, `${container}.${probe}Probe.httpGet.path`), probe).to.equal(path);
    const plain = (await declared("aachen", "core")).find(({ type }) => type === "holdfast:platform:Service")!;
    expect(plain.inputs).to.not.have.any.keys("readyWatchesStore", "readyPath");
  });

  it("spreads over servers where there are several: with one, a strict rule would leave pods pending", async () => {
    const rule = async (servers: number): Promise<unknown> =>
      at(
        object(await declared("aachen", "front", { servers }), "Deployment", "front"),
        `${pod}.topologySpreadConstraints.0.whenUnsatisfiable`,
      );
    expect(await rule(1)).to.equal("ScheduleAnyway");
    expect(await rule(3)).to.equal("DoNotSchedule");
  });

  it("is reached in its own zone first [S1.2], runs restricted, and is measured", async () => {
    const resources = await declared("aachen", "front");
    expect(at(object(resources, "Service", "front"), "spec.trafficDistribution")).to.equal("PreferClose");
    const deployment = object(resources, "Deployment", "front");
    expect(unrestricted(deployment)).to.deep.equal([]);
    expect(at(deployment, `${pod}.automountServiceAccountToken`)).to.equal(false);
    expect(at(deployment, "spec.template.metadata.annotations")).to.deep.include({ "prometheus.io/scrape": "true" });
  });
});
