import { createPrivateKey, createPublicKey } from "node:crypto";

const KEY_BYTES = 32;
/** DER of a PKCS #8 envelope around a raw X25519 key (RFC 8410, section 7): only the key itself varies. */
const PKCS8_X25519 = Buffer.from("302e020100300506032b656e04220420", "hex");

/**
 * Makes a WireGuard private key of 32 random bytes: clamped as RFC 7748 (section 5) wants it, and as `wg genkey` does,
 * so that the stored key is the one that `wg show` names.
 *
 * @param base64 32 random bytes
 * @throws RangeError for another length; the message never holds the key
 */
export function wireguardPrivateKey(base64: string): string {
  const key = decode(base64);
  key[0] = (key[0] ?? 0) & 0b1111_1000;
  key[31] = ((key[31] ?? 0) & 0b0111_1111) | 0b0100_0000;
  return key.toString("base64");
}

/**
 * The public key that belongs to a private one, as `wg pubkey` prints it (base64).
 * @throws RangeError unless the private key has 32 bytes; the message never holds the key
 */
export function wireguardPublicKey(privateKey: string): string {
  const der = Buffer.concat([PKCS8_X25519, decode(privateKey)]);
  const publicKey = createPublicKey(createPrivateKey({ key: der, format: "der", type: "pkcs8" }));
  return publicKey.export({ format: "der", type: "spki" }).subarray(-KEY_BYTES).toString("base64");
}

function decode(base64: string): Buffer {
  const key = Buffer.from(base64, "base64");
  if (key.length !== KEY_BYTES) {
    throw new RangeError(`a WireGuard key has ${KEY_BYTES} bytes in base64; this one has ${key.length}`);
  }
  return key;
}
