import { createECDH, createHash, createPrivateKey, createPublicKey } from "node:crypto";
import type { KeyObject } from "node:crypto";

/**
 * Values that stand in for what a provider would draw at random: the same for the same URN in every run, of the right
 * length and form, so that what is rendered from them is well formed. They protect nothing and never leave the planner.
 */
export function placeholderBytes(urn: string, length: number): Buffer {
  const chunks: Buffer[] = [];
  for (let filled = 0; filled < length; filled += 32) {
    chunks.push(createHash("sha256").update(`${urn}#${filled}`).digest());
  }
  return Buffer.concat(chunks).subarray(0, length);
}

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

export function placeholderText(urn: string, length: number): string {
  return [...placeholderBytes(urn, length)].map((byte) => LETTERS[byte % LETTERS.length]).join("");
}

/** Text with the frame of PEM around bytes that are no key: for RSA keys and certificates, which nothing here reads. */
export function placeholderPem(urn: string, label: string): string {
  const lines =
    placeholderBytes(urn, 96)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

const curves: Readonly<Record<string, { readonly name: string; readonly jwk: string; readonly bytes: number }>> = {
  P256: { name: "prime256v1", jwk: "P-256", bytes: 32 },
  P384: { name: "secp384r1", jwk: "P-384", bytes: 48 },
  P521: { name: "secp521r1", jwk: "P-521", bytes: 66 },
};
/** RFC 8410: what precedes the 32 bytes of an Ed25519 key in PKCS #8. */
const ED25519_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

export interface KeyPair {
  readonly privatePem: string;
  readonly publicPem: string;
}

/** A key pair that other tools can read, except for RSA, which cannot be made from a seed in reasonable time. */
export function placeholderKeys(urn: string, algorithm: string, curve: string = "P224"): KeyPair {
  const key = algorithm === "ED25519" ? ed25519(urn) : algorithm === "ECDSA" ? ecdsa(urn, curve) : undefined;
  if (!key) return { privatePem: placeholderPem(urn, "RSA PRIVATE KEY"), publicPem: placeholderPem(urn, "PUBLIC KEY") };
  return {
    privatePem: key.export({ type: "pkcs8", format: "pem" }).toString(),
    publicPem: createPublicKey(key).export({ type: "spki", format: "pem" }).toString(),
  };
}

function ed25519(urn: string): KeyObject {
  return createPrivateKey({
    key: Buffer.concat([ED25519_PREFIX, placeholderBytes(urn, 32)]),
    format: "der",
    type: "pkcs8",
  });
}

function ecdsa(urn: string, curve: string): KeyObject | undefined {
  const found = curves[curve];
  if (!found) return undefined;
  const scalar = placeholderBytes(urn, found.bytes);
  // Below the order of the curve whatever the hash gave.
  scalar[0] = 0;
  const ecdh = createECDH(found.name);
  ecdh.setPrivateKey(scalar);
  const point = ecdh.getPublicKey().subarray(1);
  const [x, y] = [point.subarray(0, found.bytes), point.subarray(found.bytes)].map((part) =>
    part.toString("base64url"),
  );
  return createPrivateKey({ key: { kty: "EC", crv: found.jwk, d: scalar.toString("base64url"), x, y }, format: "jwk" });
}
