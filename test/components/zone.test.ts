import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import { siteContext } from "../../components/context.ts";
import type { SiteContext } from "../../components/context.ts";
import { platformPolicies } from "../../components/network-policies.ts";
import { charts } from "../../components/zone-charts.ts";
import { existingFacts, zoneFacts } from "../../components/zone-facts.ts";
import { Zone } from "../../components/zone.ts";
import type { ExistingSiteConfig } from "../../config/schema.ts";
import { runProgram } from "../../planner/harness.ts";
import type { ProgramResult, RecordedResource } from "../../planner/harness.ts";
import type { Promises, Workload } from "../../resilience/promised.ts";
import { contextOf } from "./site-fixture.ts";

const KUBECONFIG = "apiVersion: v1 # hidden";

const declare = (servers: number, kubeconfig?: string): Promise<ProgramResult> =>
  runProgram(() => {
    const secret = kubeconfig === undefined ? {} : { kubeconfig: pulumi.secret(kubeconfig) };
    new Zone("zone", { context: contextOf("aachen", { servers }), ...secret });
  });

/** What these tests look at: of objects, of releases and of the provider. */
interface Seen {
  readonly metadata?: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly name?: string;
  readonly namespace?: string;
  readonly version?: string;
  readonly repositoryOpts?: { readonly repo: string };
}

const seen = ({ inputs }: RecordedResource): Seen => inputs as Seen;
const ofKind = ({ resources }: ProgramResult, kind: string): readonly RecordedResource[] =>
  resources.filter(({ type }) => type.endsWith(`:${kind}`));
const named = (result: ProgramResult, kind: string, name: string): RecordedResource =>
  ofKind(result, kind).find((one) => {
    const { metadata, name: own } = seen(one);
    return (metadata?.name ?? own) === name;
  })!;

describe("components/zone-facts", () => {
  const context = contextOf("aachen");
  const existing = ({ facts }: SiteContext): ExistingSiteConfig => {
    if (facts.platform !== "existing") throw new Error("a cluster of one's own is wanted");
    return facts;
  };
  const factsOf = (facts: ExistingSiteConfig) => ({
    ...zoneFacts(siteContext({ ...context, facts })),
    ...existingFacts(context.site, facts, context.topology.backups.retention),
  });

  it("has the shapes that the analysis reads", () => {
    const facts = zoneFacts(context);
    const workload: Workload = facts.workload;
    const promises: Promises = facts.promises;
    expect(workload).to.deep.include({
      users: 2500,
      firstPageBytes: 2_000_000,
      laterRequestBytes: 3000,
      bytesPerWrite: 2000,
    });
    expect(promises.claims.map(({ id }) => id)).to.include("C1");
  });

  it("turns the config's units into base units", () => {
    const facts = existing(context);
    const [server] = facts.servers;
    const rich = {
      ...facts,
      uplinkMegabits: 1000,
      nodeMonitorGraceSeconds: 20,
      nodeMonitorPeriodSeconds: 2,
      servers: [{ ...server!, cores: 16, memory: "64Gi" }],
    };
    const declared = factsOf(rich);
    expect(declared.uplink).to.equal(1_000_000_000);
    expect(declared.nodeMonitorGrace).to.equal(20);
    expect(declared.nodeMonitorPeriod).to.equal(2);
    expect(declared.servers[0]).to.deep.include({ cores: 16, memory: 68_719_476_736 });
    expect(declared.backupStore).to.deep.include({ name: "backup-aachen", lockedFor: 3_024_000, retention: 3_024_000 });
  });

  it("leaves out what the config does not say", () => {
    const declared = factsOf(existing(context));
    expect(declared).to.not.have.any.keys("uplink", "networkPoliciesEnforced", "nodeMonitorGrace", "nodeMonitorPeriod");
    expect(declared.servers[0]).to.have.all.keys("name", "arrays");
  });

  it("keeps a fact that is false", () => {
    expect(factsOf({ ...existing(context), networkPoliciesEnforced: false }).networkPoliciesEnforced).to.equal(false);
  });
});

describe("components/zone", () => {
  let zone: ProgramResult;

  before(async () => {
    zone = await declare(1, KUBECONFIG);
  });

  it("carries its facts as inputs", () => {
    const [component] = ofKind(zone, "Zone");
    expect(component!.inputs).to.deep.include(JSON.parse(JSON.stringify(zoneFacts(contextOf("aachen")))) as object);
  });

  it("makes two namespaces with their Pod Security Standard, and protects the one with the data", () => {
    const labels = (name: string) => seen(named(zone, "Namespace", name)).metadata?.labels;
    expect(labels("platform")).to.include({ "pod-security.kubernetes.io/enforce": "restricted" });
    expect(labels("overlay")).to.include({
      "pod-security.kubernetes.io/enforce": "privileged",
      "pod-security.kubernetes.io/audit": "restricted",
    });
    expect(named(zone, "Namespace", "platform").protect).to.equal(true);
    expect(named(zone, "Namespace", "overlay").protect).to.equal(false);
  });

  it("reaches the cluster by the given kubeconfig, which stays secret, and else by the ambient one", async () => {
    const [provider] = ofKind(zone, "kubernetes");
    expect(provider!.inputs).to.include({ enableServerSideApply: "true" });
    expect(JSON.stringify(zone.resources.map(({ inputs }) => inputs))).to.not.include(KUBECONFIG);
    const [ambient] = ofKind(await declare(1), "kubernetes");
    expect(ambient!.inputs).to.not.have.property("kubeconfig");
  });

  it("declares everything at its own cluster", () => {
    const [provider] = ofKind(zone, "kubernetes");
    const objects = zone.resources.filter(({ type }) => type.startsWith("kubernetes:"));
    expect(objects.length).to.be.greaterThan(6);
    for (const one of objects) expect(one.provider, one.urn).to.include(provider!.urn);
  });

  it("installs pinned charts, the backup plug-in after what it needs", () => {
    const releases = ofKind(zone, "Release").map(seen);
    expect(releases.map(({ name }) => name)).to.have.members([
      "cert-manager",
      "cloudnative-pg",
      "monitoring",
      "plugin-barman-cloud",
      "traefik-crds",
    ]);
    for (const { version, repositoryOpts } of releases) {
      expect(version).to.match(/^v?\d+\.\d+\.\d+$/);
      expect(repositoryOpts?.repo).to.match(/^https:/);
    }
    const plugin = named(zone, "Release", "plugin-barman-cloud");
    expect(plugin.dependencies).to.include.members([
      named(zone, "Release", "cert-manager").urn,
      named(zone, "Release", "cloudnative-pg").urn,
    ]);
    const operator = named(zone, "Release", "cloudnative-pg");
    expect(seen(plugin).namespace).to.equal(seen(operator).namespace).and.not.equal(undefined);
  });

  it("keeps a second PostgreSQL operator ready where there is a second server", () => {
    const replicas = (servers: number): unknown =>
      charts(contextOf("aachen", { servers }).cluster).find(({ release }) => release === "cloudnative-pg")!.values[
        "replicaCount"
      ];
    expect([1, 2, 3].map(replicas)).to.deep.equal([1, 2, 2]);
  });

  it("declares the namespace's policies", () => {
    const declared = ofKind(zone, "NetworkPolicy").map((one) => seen(one).metadata?.name);
    expect(declared).to.have.members(platformPolicies(contextOf("aachen")).map(({ policy }) => policy));
  });
});
