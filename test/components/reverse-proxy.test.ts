import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import type { Peer } from "../../components/context.ts";
import { ReverseProxy } from "../../components/reverse-proxy.ts";
import { runProgram } from "../../planner/harness.ts";
import type { RecordedResource } from "../../planner/harness.ts";
import { SECRET } from "../../resilience/resource.ts";
import { at, namesOf, object, objects, unrestricted } from "./declared.ts";
import { absentPeer, contextOf, peerOf } from "./site-fixture.ts";
import type { ContextOptions } from "./site-fixture.ts";

async function declared(
  site: string,
  { peers, keys = true, ...options }: ContextOptions & { peers?: readonly Peer[]; keys?: boolean } = {},
): Promise<readonly RecordedResource[]> {
  const others = peers ?? ["aachen", "titan"].filter((name) => name !== site).map(peerOf);
  const { resources } = await runProgram(() => {
    const tsig = keys ? { tsigSecret: pulumi.output("dHNpZw==") } : {};
    new ReverseProxy("proxy", { context: contextOf(site, options), peers: others, ...tsig });
  });
  return resources;
}

const pod = "spec.template.spec";
const challengeServer = "spec.acme.solvers.0.dns01.rfc2136.nameserver";

describe("components/reverse-proxy", () => {
  it("declares the proxy, the notice page and the certificate", async () => {
    expect(namesOf(await declared("aachen"))).to.include.members([
      "Certificate/public",
      "ConfigMap/notice",
      "Deployment/notice",
      "Deployment/proxy",
      "Issuer/public",
      "Middleware/notice.read",
      "Middleware/notice.write",
      "PodDisruptionBudget/notice",
      "PodDisruptionBudget/proxy",
      "Role/proxy",
      "RoleBinding/proxy",
      "Service/notice",
      "Service/proxy",
      "Service/proxy-aachen",
      "ServiceAccount/proxy",
      "ServersTransport/forward.read",
      "ServersTransport/forward.write",
      "TLSStore/default",
    ]);
  });

  it("gives every route a resource of its own, and refers to nothing that is not declared", async () => {
    for (const site of ["aachen", "titan"]) {
      for (const active of ["aachen", "titan"]) {
        const resources = await declared(site, { active });
        const known = (kind: string): ReadonlyMap<string, RecordedResource> => objects(resources, kind);
        const specs = ["IngressRoute", "TraefikService"].flatMap((kind) => [...known(kind).values()]);
        expect(specs).to.not.be.empty;
        for (const resource of specs) {
          const text = JSON.stringify(at(resource, "spec"));
          for (const [, name] of text.matchAll(/"middlewares":\[\{"name":"([^"]+)"\}\]/g))
            expect([...known("Middleware").keys()]).to.include(name);
          for (const [, name] of text.matchAll(/"serversTransport":"([^"]+)"/g))
            expect([...known("ServersTransport").keys()]).to.include(name);
          for (const [, name] of text.matchAll(/"name":"([^"@]+)","kind":"TraefikService"/g))
            expect([...known("TraefikService").keys()]).to.include(name);
        }
      }
    }
  });

  it("names no site that was never brought up", async () => {
    const resources = await declared("aachen", { peers: [absentPeer("titan")] });
    expect(JSON.stringify(resources.map(({ inputs }) => inputs))).to.not.include("proxy-titan");
    expect(objects(resources, "TraefikService").size).to.equal(0);
  });

  it("asks for certificates only when the key is there and the challenges' name server is known", async () => {
    const own = object(await declared("aachen"), "Issuer", "public");
    expect(at(own, challengeServer)).to.equal("nameserver.platform.svc.cluster.local:53");
    const other = object(await declared("titan"), "Issuer", "public");
    expect(at(other, challengeServer)).to.equal("ns-aachen.example.org:53");
    for (const resources of [
      await declared("aachen", { keys: false }),
      await declared("titan", { peers: [absentPeer("aachen")] }),
    ]) {
      expect(namesOf(resources).filter((name) => /Issuer|Certificate|tsig/.test(name))).to.deep.equal([]);
      expect(namesOf(resources)).to.include("Deployment/proxy");
    }
  });

  it("keeps the key secret", async () => {
    expect(at(object(await declared("aachen"), "Secret", "proxy-tsig"), "stringData")).to.deep.equal(SECRET);
  });

  it("asks for a certificate for all hosts, renewed long before it runs out", async () => {
    const certificate = object(await declared("aachen"), "Certificate", "public");
    expect(at(certificate, "spec.dnsNames")).to.deep.equal(["events.example.org", "example.org"]);
    expect(at(certificate, "spec.secretName")).to.equal("public-tls");
    expect(at(certificate, "spec.renewBefore")).to.equal("720h");
  });

  it("runs a proxy on each of several servers, and two on one", async () => {
    const replicas = async (servers: number): Promise<unknown> =>
      at(object(await declared("aachen", { servers }), "Deployment", "proxy"), "spec.replicas");
    expect([await replicas(1), await replicas(2), await replicas(3)]).to.deep.equal([2, 2, 3]);
  });

  it("publishes 80 and 443 only, with the clients' addresses, and the overlay inside the cluster", async () => {
    const resources = await declared("titan");
    const published = object(resources, "Service", "proxy");
    expect(at(published, "spec.type")).to.equal("LoadBalancer");
    expect(at(published, "spec.externalTrafficPolicy")).to.equal("Local");
    expect((at(published, "spec.ports") as { port: number }[]).map(({ port }) => port)).to.deep.equal([80, 443]);
    const overlay = object(resources, "Service", "proxy-titan");
    expect(at(overlay, "spec.type")).to.equal(undefined);
    expect(at(overlay, "spec.ports.0.port")).to.equal(9000);
  });

  it("runs restricted, and reads its own namespace only", async () => {
    const resources = await declared("aachen");
    for (const name of ["proxy", "notice"])
      expect(unrestricted(object(resources, "Deployment", name)), name).to.deep.equal([]);
    expect(namesOf(resources).filter((name) => name.startsWith("ClusterRole"))).to.deep.equal([]);
    const args = at(object(resources, "Deployment", "proxy"), `${pod}.containers.0.args`);
    expect(args).to.include.members([
      "--providers.kubernetescrd.namespaces=platform",
      "--providers.kubernetescrd.allowemptyservices=true",
      "--providers.kubernetescrd.allowexternalnameservices=true",
      "--providers.kubernetescrd.safenaming=true",
    ]);
  });

  it("declares everything as its own children", async () => {
    for (const { name, parent, type } of await declared("aachen")) {
      if (!type.startsWith("kubernetes:")) continue;
      expect(name).to.match(/^proxy-/);
      expect(parent).to.match(/ReverseProxy::proxy$/);
    }
  });
});
