import { expect } from "chai";
import type { types } from "@pulumi/kubernetes";
import type { Peer } from "../../components/context.ts";
import { exportsOf } from "../../components/names.ts";
import { overlayPolicies } from "../../components/network-policies.ts";
import { wireguardPublicKey } from "../../components/overlay-keys.ts";
import { Overlay } from "../../components/overlay.ts";
import { isSecretOutput, outputOf, runProgram } from "../../planner/harness.ts";
import type { ProgramResult, RecordedResource } from "../../planner/harness.ts";
import { absentPeer, contextOf, peerOf } from "./site-fixture.ts";

const declare = (site: string, peers: readonly Peer[]): Promise<ProgramResult> =>
  runProgram(() => {
    const overlay = new Overlay("overlay", { context: contextOf(site), peers });
    return { publicKey: overlay.wireguardPublicKey, endpoint: overlay.overlayEndpoint };
  });

interface Kinds {
  readonly ConfigMap: types.output.core.v1.ConfigMap;
  readonly Deployment: types.output.apps.v1.Deployment;
  readonly NetworkPolicy: types.output.networking.v1.NetworkPolicy;
  readonly Secret: types.output.core.v1.Secret;
  readonly Service: types.output.core.v1.Service;
}

const recorded = ({ resources }: ProgramResult, kind: keyof Kinds): readonly RecordedResource[] =>
  resources.filter(({ type }) => type.startsWith("kubernetes:") && type.endsWith(`:${kind}`));
const shape = <T>({ inputs }: { readonly inputs: unknown }): T => inputs as T;
const ofKind = <K extends keyof Kinds>(result: ProgramResult, kind: K): readonly Kinds[K][] =>
  recorded(result, kind).map((one) => shape<Kinds[K]>(one));
const services = (result: ProgramResult, namespace: string): readonly Kinds["Service"][] =>
  ofKind(result, "Service").filter(({ metadata }) => metadata.namespace === namespace);
const podOf = (result: ProgramResult) => ofKind(result, "Deployment")[0]!.spec.template;

describe("components/overlay", () => {
  let known: ProgramResult;
  let first: ProgramResult;

  before(async () => {
    known = await declare("aachen", [peerOf("titan")]);
    first = await declare("aachen", [absentPeer("titan")]);
  });

  it("declares one gateway that is replaced, never doubled", () => {
    const [gateway, ...others] = ofKind(known, "Deployment");
    expect(others).to.be.empty;
    expect(gateway!.metadata).to.include({ name: "gateway", namespace: "overlay" });
    expect(gateway!.spec).to.deep.include({ replicas: 1, strategy: { type: "Recreate" } });
    const { containers, tolerations } = podOf(known).spec;
    expect(containers.map(({ name }) => name)).to.deep.equal(["wireguard", "forward"]);
    expect(tolerations.map(({ tolerationSeconds }) => tolerationSeconds)).to.deep.equal([10, 10]);
  });

  it("gives the tunnel's container NET_ADMIN and nothing else, and the other one nothing", () => {
    const [wireguard, forward] = podOf(known).spec.containers;
    expect(wireguard!.securityContext.capabilities).to.deep.equal({ drop: ["ALL"], add: ["NET_ADMIN"] });
    expect(forward!.securityContext.capabilities).to.deep.equal({ drop: ["ALL"] });
    expect(forward!.securityContext.runAsNonRoot).to.equal(true);
    for (const container of [wireguard!, forward!]) {
      expect(container.securityContext).to.include({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true });
      expect(container.resources).to.have.all.keys("requests", "limits");
    }
  });

  it("states every probe's period, time-out and threshold", () => {
    for (const { name, livenessProbe, readinessProbe, startupProbe } of podOf(known).spec.containers) {
      const periodSeconds = name === "wireguard" ? 10 : 2;
      for (const probe of [livenessProbe, readinessProbe])
        expect(probe).to.deep.include({ periodSeconds, timeoutSeconds: 1, failureThreshold: 3 });
      expect(startupProbe).to.deep.include({ periodSeconds: 2, timeoutSeconds: 1, failureThreshold: 5 });
    }
  });

  it("tells the public key of its private key, and keeps the private one secret", () => {
    expect(isSecretOutput(known, "publicKey")).to.equal(false);
    const [secret] = recorded(known, "Secret");
    expect(ofKind(known, "Secret")[0]!.metadata.name).to.equal("gateway-key");
    const privateKey = JSON.stringify(secret!.wireInputs["stringData"]).match(/[A-Za-z0-9+/]{43}=/)?.[0];
    expect(wireguardPublicKey(privateKey!)).to.equal(outputOf(known, "publicKey"));
    for (const { inputs: shown, urn } of known.resources)
      expect(JSON.stringify(shown), urn).to.not.include(privateKey!);
    expect(outputOf(known, "endpoint")).to.equal("overlay-aachen.example.org:51820");
  });

  it("puts no private key into the ConfigMap", () => {
    const { data } = ofKind(known, "ConfigMap")[0]!;
    expect(data).to.have.all.keys("wg0.conf", "haproxy.cfg", "wireguard.sh");
    expect(data["wg0.conf"]).to.not.include("PrivateKey");
    expect(data["wg0.conf"]).to.include(`PublicKey = ${peerOf("titan").wireguardPublicKey}`);
  });

  it("replaces the pod when its configuration changes, and only then", async () => {
    const checksum = (result: ProgramResult): string => podOf(result).metadata.annotations["holdfast/config-checksum"]!;
    const again = await declare("aachen", [peerOf("titan")]);
    expect(checksum(known)).to.match(/^[0-9a-f]{64}$/);
    expect(checksum(again)).to.equal(checksum(known));
    expect(checksum(first)).to.not.equal(checksum(known));
  });

  it("listens for the other gateways on UDP", () => {
    const [gateway] = services(known, "overlay").filter(({ metadata }) => metadata.name === "gateway");
    expect(gateway!.spec.type).to.equal("LoadBalancer");
    expect(gateway!.spec.ports).to.deep.equal([
      { name: "wireguard", protocol: "UDP", port: 51_820, targetPort: 51_820 },
    ]);
  });

  it("gives each remote service a Service in front of the gateway, and an alias of the same name", () => {
    const remote = exportsOf(contextOf("aachen").topology, "titan");
    const selecting = services(known, "overlay").filter(({ metadata }) => metadata.name !== "gateway");
    expect(
      selecting.map(({ metadata, spec }) => [metadata.name, spec.ports[0]!.port, spec.ports[0]!.targetPort]),
    ).to.have.deep.members(remote.map(({ service, port, tunnelPort }) => [service, port, tunnelPort]));
    for (const { spec } of selecting) expect(spec.selector).to.include({ "app.kubernetes.io/component": "gateway" });
    const aliases = services(known, "platform").map(({ metadata, spec }) => [
      metadata.name,
      spec.type,
      spec.externalName,
    ]);
    expect(aliases).to.have.deep.members(
      remote.map(({ service }) => [service, "ExternalName", `${service}.overlay.svc.cluster.local`]),
    );
  });

  it("declares the namespace's policies", () => {
    const declared = ofKind(known, "NetworkPolicy").map((one) => one.metadata.name);
    expect(declared).to.have.members(overlayPolicies(contextOf("aachen"), []).map(({ policy }) => policy));
  });

  it("declares all of it on the first up too, when the other site does not exist", () => {
    const urns = ({ resources }: ProgramResult): readonly string[] => resources.map(({ urn }) => urn);
    expect(urns(first)).to.deep.equal(urns(known));
    expect(outputOf(first, "publicKey")).to.equal(outputOf(known, "publicKey"));
  });
});
