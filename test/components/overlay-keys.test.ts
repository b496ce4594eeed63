import { expect } from "chai";
import fc from "fast-check";
import { generateKeyPairSync } from "node:crypto";
import { wireguardPrivateKey, wireguardPublicKey } from "../../components/overlay-keys.ts";

/** Made by `wg genkey | tee key | wg pubkey` (wireguard-tools 1.0.20210914); the last three are unclamped input. */
const VECTORS: readonly (readonly [string, string])[] = [
  ["2Mb6vC7bxRwmdvptucURc2z8B+j3TTvQ0hW90B/1e3U=", "4tsHKk+YiIIMgYx7zf5R/L6qcqY6djYde9sWWprJy2A="],
  ["6OyEzJRt4R9S/a0OGuCl1AO/cRoaAPHMFxDz/22GHX8=", "cbWfBl5/IKIHdnHSLm/nsqVX7/JARJ/vYn/q+HUA8Ts="],
  ["2O4qqR/Hvo+WfUVe/4tZeu4PckpOXviPSzI5tCPXz3M=", "Ii/kaF9jhpdEIxloZUa39uL8AWmVbPTYA5MKo6ntjX0="],
  ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "L+V9o0fNYkMVKNqsX7spBzD/9oSvxM/C7ZCZX1jLO3Q="],
  ["//////////////////////////////////////////8=", "hHwNLDdSNPNl5mCVUYejc1oPdhPRYJ06ak2MU66qWiI="],
  ["AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=", "B6N8vBQgk8i3VdwbEOhstCY3StFqqFPtC9/AsrhtHHw="],
];

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((key) => Buffer.from(key).toString("base64"));

describe("components/overlay-keys", () => {
  it("derives the public keys that wg pubkey derives", () => {
    for (const [privateKey, publicKey] of VECTORS) expect(wireguardPublicKey(privateKey)).to.equal(publicKey);
  });

  it("keeps a key that is clamped already, and changes no public key by clamping", () => {
    for (const [privateKey] of VECTORS.slice(0, 3)) expect(wireguardPrivateKey(privateKey)).to.equal(privateKey);
    fc.assert(
      fc.property(bytes32, (random) => {
        const clamped = wireguardPrivateKey(random);
        const key = Buffer.from(clamped, "base64");
        expect([key[0]! & 7, key[31]! & 128, key[31]! & 64]).to.deep.equal([0, 0, 64]);
        expect(wireguardPrivateKey(clamped)).to.equal(clamped);
        expect(wireguardPublicKey(clamped)).to.equal(wireguardPublicKey(random));
      }),
    );
  });

  it("agrees with keys that another implementation made", () => {
    const pair = generateKeyPairSync("x25519");
    const jwk = pair.privateKey.export({ format: "jwk" });
    const raw = (text = "") => Buffer.from(text, "base64url").toString("base64");
    expect(wireguardPublicKey(raw(jwk.d))).to.equal(raw(jwk.x));
  });

  it("refuses another length without showing the key", () => {
    const short = Buffer.alloc(31, 7).toString("base64");
    expect(() => wireguardPrivateKey(short)).to.throw(RangeError, "32 bytes in base64; this one has 31");
    expect(() => wireguardPublicKey(short))
      .to.throw(RangeError)
      .with.property("message")
      .that.does.not.contain(short);
  });
});
