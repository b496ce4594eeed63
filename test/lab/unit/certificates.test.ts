import { expect } from "chai";
import { X509Certificate, createPublicKey } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { certificateRequests, issueCertificates, replaceTexts } from "../../../lab/apply/certificates.ts";
import type { RecordedResource } from "../../../planner/harness.ts";
import { make } from "../../../planner/providers.ts";
import { secret } from "../../../planner/wire.ts";
import type { WireObject } from "../../../planner/wire.ts";

/** A resource as the planner records it. */
function resource(kind: string, name: string, inputs: WireObject): RecordedResource {
  const type = `tls:index/${kind[0]!.toLowerCase()}${kind.slice(1)}:${kind}`;
  const urn = `urn:pulumi:here::holdfast::${type}::${name}`;
  const { id, outputs } = make(type, urn, inputs);
  const facts = { urn, type, name, inputs: {}, dependencies: [], propertyDependencies: {} };
  const state = { custom: true, external: false, provider: undefined, protect: false, retainOnDelete: false };
  return { ...facts, ...state, id, wireInputs: inputs, wireOutputs: outputs };
}

const keyOf = ({ wireOutputs }: RecordedResource): unknown => wireOutputs["privateKeyPem"];
const key = (name: string): RecordedResource =>
  resource("PrivateKey", name, { algorithm: "ECDSA", ecdsaCurve: "P256" });

const authorityKey = key("authority");
const authority = resource("SelfSignedCert", "authority", {
  privateKeyPem: keyOf(authorityKey),
  isCaCertificate: true,
  allowedUses: ["cert_signing"],
  validityPeriodHours: 240,
  subject: { commonName: "databases", organization: "here" },
});
const serverKey = key("server");
const request = resource("CertRequest", "server", {
  privateKeyPem: keyOf(serverKey),
  subject: { commonName: "pg" },
  dnsNames: ["pg", "pg.platform.svc"],
});
const server = resource("LocallySignedCert", "server", {
  certRequestPem: request.wireOutputs["certRequestPem"],
  caCertPem: secret(authority.wireOutputs["certPem"]),
  caPrivateKeyPem: keyOf(authorityKey),
  allowedUses: ["digital_signature", "server_auth"],
  validityPeriodHours: 48,
});

describe("certificates of a drill", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "holdfast-certificates-"))));
  after(() => rmSync(folder, { recursive: true }));

  it("are what the plan declares, signed by its authority, with its keys", async () => {
    const issued = await issueCertificates([server, serverKey, request, authority, authorityKey], "openssl", folder);
    const [root, leaf] = [authority, server].map(
      ({ wireOutputs }) => new X509Certificate(issued.get(String(wireOutputs["certPem"]))!),
    );
    expect(issued.size).to.equal(2);
    expect(root!.ca).to.equal(true);
    expect(root!.verify(root!.publicKey)).to.equal(true);
    expect(leaf!.ca).to.equal(false);
    expect(leaf!.verify(root!.publicKey)).to.equal(true);
    expect(leaf!.checkHost("pg.platform.svc")).to.equal("pg.platform.svc");
    expect(leaf!.checkHost("mongo")).to.equal(undefined);
    const planned = createPublicKey(String(serverKey.wireOutputs["publicKeyPem"]));
    expect(leaf!.publicKey.equals(planned)).to.equal(true);
    expect(leaf!.keyUsage, "server, and nothing else").to.deep.equal(["1.3.6.1.5.5.7.3.1"]);
    expect((leaf!.validToDate.getTime() - leaf!.validFromDate.getTime()) / 3_600_000).to.equal(48);
  });

  it("are not made up where the plan lacks a part", async () => {
    expect(() => certificateRequests([server, authority])).to.throw("whose request no planned site declares");
    const refusal: unknown = await issueCertificates([server, request], "openssl", folder).catch(
      (error: unknown) => error,
    );
    expect(refusal)
      .to.be.an("error")
      .with.property("message")
      .that.includes("an authority that no planned site declares");
  });

  it("take their stand-ins' places, wherever they stand", () => {
    const object = { data: { "ca.crt": "OLD", both: "OLD\nOLD" }, list: ["OLD", 1, null, true] };
    expect(replaceTexts(object, new Map([["OLD", "new"]]))).to.deep.equal({
      data: { "ca.crt": "new", both: "new\nnew" },
      list: ["new", 1, null, true],
    });
  });
});
