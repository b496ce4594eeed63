import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RecordedResource } from "../../planner/harness.ts";
import { reveal } from "../../planner/wire.ts";
import type { WireObject } from "../../planner/wire.ts";
import { run } from "../binaries/command.ts";

const SELF_SIGNED = "tls:index/selfSignedCert:SelfSignedCert";
const SIGNED = "tls:index/locallySignedCert:LocallySignedCert";
const REQUEST = "tls:index/certRequest:CertRequest";

/** What a certificate is to say, as the plan's resources declare it. */
export interface CertificateRequest {
  /** The stand-in that the plan has for it, and for that of the authority; the same where it signs itself. */
  readonly standIn: string;
  readonly authority: string;
  readonly subject: string;
  readonly alternatives: readonly string[];
  readonly isAuthority: boolean;
  /** Words of extendedKeyUsage. */
  readonly usages: readonly string[];
  readonly hours: number;
  readonly key: string;
  readonly authorityKey: string;
}

/** The provider's words for usages that certificates extend, in OpenSSL's. */
const extendedUsages: Readonly<Record<string, string>> = { server_auth: "serverAuth", client_auth: "clientAuth" };

const text = (inputs: WireObject, key: string): string => {
  const value = reveal(inputs[key]);
  if (typeof value !== "string") throw new Error(`a certificate without ${key}`);
  return value;
};
const list = (inputs: WireObject, key: string): readonly string[] => {
  const value = reveal(inputs[key]);
  return Array.isArray(value) ? value.map(String) : [];
};

function subjectOf(inputs: WireObject): string {
  const { commonName, organization } = (reveal(inputs["subject"]) ?? {}) as WireObject;
  const parts = [
    ["O", organization],
    ["CN", commonName],
  ].filter(([, value]) => typeof value === "string");
  if (parts.length === 0) throw new Error("a certificate without a subject");
  return parts.map(([name, value]) => `/${String(name)}=${String(value)}`).join("");
}

/** The certificates that planned sites declare, each once, authorities before what they sign. */
export function certificateRequests(resources: readonly RecordedResource[]): readonly CertificateRequest[] {
  const requests = new Map(
    resources
      .filter(({ type }) => type === REQUEST)
      .map(({ wireOutputs }) => [text(wireOutputs, "certRequestPem"), wireOutputs] as const),
  );
  const found = resources.flatMap(({ type, wireInputs, wireOutputs }): CertificateRequest[] => {
    if (type !== SELF_SIGNED && type !== SIGNED) return [];
    const standIn = text(wireOutputs, "certPem");
    const request = type === SIGNED ? requests.get(text(wireInputs, "certRequestPem")) : wireInputs;
    if (request === undefined) throw new Error("a certificate is signed whose request no planned site declares");
    const key = text(request, "privateKeyPem");
    return [
      {
        standIn,
        authority: type === SIGNED ? text(wireInputs, "caCertPem") : standIn,
        subject: subjectOf(request),
        alternatives: [
          ...list(request, "dnsNames").map((name) => `DNS:${name}`),
          ...list(request, "ipAddresses").map((address) => `IP:${address}`),
        ],
        isAuthority: reveal(wireInputs["isCaCertificate"]) === true,
        usages: list(wireInputs, "allowedUses").flatMap((usage) => extendedUsages[usage] ?? []),
        hours: Number(reveal(wireInputs["validityPeriodHours"])),
        key,
        authorityKey: type === SIGNED ? text(wireInputs, "caPrivateKeyPem") : key,
      },
    ];
  });
  return [...new Map(found.map((one) => [one.standIn, one])).values()].sort(
    (a, b) => Number(b.isAuthority) - Number(a.isAuthority),
  );
}

/** The extensions of a certificate, in OpenSSL's words. */
export function extensionsOf({ isAuthority, usages, alternatives }: CertificateRequest): readonly string[] {
  return [
    isAuthority ? "basicConstraints=critical,CA:TRUE" : "basicConstraints=critical,CA:FALSE",
    isAuthority ? "keyUsage=critical,keyCertSign,cRLSign" : "keyUsage=critical,digitalSignature",
    ...(usages.length > 0 ? [`extendedKeyUsage=${usages.join(",")}`] : []),
    ...(alternatives.length > 0 ? [`subjectAltName=${alternatives.join(",")}`] : []),
  ];
}

/**
 * Makes the certificates for which a plan has stand-ins, as it declares them and with its keys.
 *
 * @param folder must be readable to nobody else: keys lie in it.
 * @returns the certificates in PEM, by their stand-ins
 */
export async function issueCertificates(
  resources: readonly RecordedResource[],
  openssl: string,
  folder: string,
): Promise<ReadonlyMap<string, string>> {
  const issued = new Map<string, string>();
  for (const [index, request] of certificateRequests(resources).entries()) {
    const file = (name: string, content: string): string => {
      const path = join(folder, `${index}-${name}`);
      writeFileSync(path, content, { mode: 0o600 });
      return path;
    };
    const authority = issued.get(request.authority);
    if (authority === undefined && request.authority !== request.standIn)
      throw new Error(`${request.subject} is signed by an authority that no planned site declares`);
    const signer =
      authority === undefined
        ? []
        : ["-CA", file("authority.crt", authority), "-CAkey", file("authority.key", request.authorityKey)];
    const { code, stdout, stderr } = await run(openssl, [
      ...["req", "-x509", "-new", "-key", file("key", request.key), "-subj", request.subject],
      ...["-days", String(Math.max(1, Math.floor(request.hours / 24)))],
      ...signer,
      ...extensionsOf(request).flatMap((extension) => ["-addext", extension]),
    ]);
    if (code !== 0) throw new Error(`openssl cannot make the certificate ${request.subject}: ${stderr.trim()}`);
    issued.set(request.standIn, stdout);
  }
  return issued;
}

/** An object with each text put for another wherever it stands in it. */
export function replaceTexts(value: unknown, replacements: ReadonlyMap<string, string>): unknown {
  if (typeof value === "string") {
    let result = value;
    for (const [before, after] of replacements) result = result.replaceAll(before, after);
    return result;
  }
  if (Array.isArray(value)) return value.map((item) => replaceTexts(item, replacements));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceTexts(item, replacements)]));
}
