import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import { Dns } from "../../components/dns.ts";
import { runProgram } from "../../planner/harness.ts";
import type { RecordedResource } from "../../planner/harness.ts";
import { SECRET } from "../../resilience/resource.ts";
import { at, namesOf, object, unrestricted } from "./declared.ts";
import { addressesOf, contextOf, peerOf } from "./site-fixture.ts";

async function declared(site: string, keys = true): Promise<readonly RecordedResource[]> {
  const peers = ["aachen", "titan"].filter((name) => name !== site).map(peerOf);
  const { resources } = await runProgram(() => {
    const tsig = keys ? { tsigSecret: pulumi.output("dHNpZw==") } : {};
    const context = contextOf(site);
    new Dns("dns", { context, peers, publicAddresses: addressesOf(context), ...tsig });
  });
  return resources;
}

const pod = "spec.template.spec";

describe("components/dns", () => {
  it("serves the zone on UDP and TCP 53 from one pod", async () => {
    const resources = await declared("titan");
    expect(namesOf(resources)).to.deep.equal(["ConfigMap/nameserver", "Deployment/nameserver", "Service/nameserver"]);
    const ports = at(object(resources, "Service", "nameserver"), "spec.ports") as { protocol: string; port: number }[];
    expect(ports.map(({ protocol, port }) => `${protocol} ${port}`)).to.deep.equal(["UDP 53", "TCP 53"]);
    expect(at(object(resources, "Deployment", "nameserver"), "spec.replicas")).to.equal(1);
  });

  it("holds the challenge zone and its key at the keyring's site, once the key is there", async () => {
    const keyring = await declared("aachen");
    expect(at(object(keyring, "Secret", "nameserver-tsig"), "stringData")).to.deep.equal(SECRET);
    const env = at(object(keyring, "Deployment", "nameserver"), `${pod}.initContainers.0.env`);
    expect(env).to.deep.equal([
      { name: "TSIG_SECRET", valueFrom: { secretKeyRef: { name: "nameserver-tsig", key: "secret" } } },
    ]);
    const early = await declared("aachen", false);
    expect(namesOf(early)).to.not.include("Secret/nameserver-tsig");
    expect(at(object(early, "ConfigMap", "nameserver"), "data")).to.not.have.property("challenge.db");
  });

  it("replaces the pod when the zone changes: it is read at the start", async () => {
    const checksum = (resources: readonly RecordedResource[]): unknown =>
      (
        at(object(resources, "Deployment", "nameserver"), "spec.template.metadata.annotations") as Record<
          string,
          unknown
        >
      )["holdfast/config-checksum"];
    expect(checksum(await declared("aachen"))).to.match(/^[0-9a-f]{64}$/);
    expect(checksum(await declared("aachen"))).to.not.equal(checksum(await declared("aachen", false)));
  });

  it("runs restricted, and is asked whether it hangs", async () => {
    const deployment = object(await declared("aachen"), "Deployment", "nameserver");
    expect(unrestricted(deployment)).to.deep.equal([]);
    expect(at(deployment, `${pod}.containers.0.livenessProbe.exec.command`)).to.include("rping");
  });
});
