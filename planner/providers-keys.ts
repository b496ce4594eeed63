import type { Made, Maker } from "./made.ts";
import { placeholderBytes, placeholderKeys, placeholderPem, placeholderText } from "./placeholders.ts";
import { reveal, secret } from "./wire.ts";
import type { WireObject } from "./wire.ts";

function numberOf(inputs: WireObject, key: string, fallback: number): number {
  const value = reveal(inputs[key]);
  return typeof value === "number" ? value : fallback;
}

/** Names and secrecy of outputs: @pulumi/random 4.21, @pulumi/tls 5.6. */
export const keyMakers: Readonly<Record<string, Maker>> = {
  "random:index/randomPassword:RandomPassword": (urn, inputs) => ({
    id: "none",
    outputs: {
      ...inputs,
      result: secret(placeholderText(urn, numberOf(inputs, "length", 32))),
      bcryptHash: secret(placeholderText(`${urn}#bcrypt`, 60)),
    },
  }),
  "random:index/randomString:RandomString": (urn, inputs) => {
    const result = placeholderText(urn, numberOf(inputs, "length", 16));
    return { id: result, outputs: { ...inputs, result } };
  },
  "random:index/randomBytes:RandomBytes": (urn, inputs) => {
    const drawn = placeholderBytes(urn, numberOf(inputs, "length", 32));
    return {
      id: "none",
      outputs: { ...inputs, base64: secret(drawn.toString("base64")), hex: secret(drawn.toString("hex")) },
    };
  },
  "random:index/randomId:RandomId": (urn, inputs) => {
    const drawn = placeholderBytes(urn, numberOf(inputs, "byteLength", 8));
    const prefix = String(reveal(inputs["prefix"]) ?? "");
    const b64Url = drawn.toString("base64url");
    const outputs = {
      ...inputs,
      b64Url: prefix + b64Url,
      b64Std: prefix + drawn.toString("base64"),
      hex: prefix + drawn.toString("hex"),
      dec: prefix + BigInt(`0x${drawn.toString("hex")}`),
    };
    return { id: b64Url, outputs };
  },
  "random:index/randomUuid:RandomUuid": (urn, inputs) => {
    const result = placeholderBytes(urn, 16)
      .toString("hex")
      .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5");
    return { id: result, outputs: { ...inputs, result } };
  },
  "tls:index/privateKey:PrivateKey": (urn, inputs) => {
    const { privatePem, publicPem } = placeholderKeys(
      urn,
      String(reveal(inputs["algorithm"])),
      String(reveal(inputs["ecdsaCurve"]) ?? "P224"),
    );
    const keys = { privateKeyPem: secret(privatePem), privateKeyPemPkcs8: secret(privatePem), publicKeyPem: publicPem };
    return { id: placeholderBytes(urn, 20).toString("hex"), outputs: { ...inputs, ...keys } };
  },
  "tls:index/selfSignedCert:SelfSignedCert": certificate,
  "tls:index/locallySignedCert:LocallySignedCert": certificate,
  "tls:index/certRequest:CertRequest": (urn, inputs) => ({
    id: placeholderBytes(urn, 20).toString("hex"),
    outputs: { ...inputs, certRequestPem: placeholderPem(urn, "CERTIFICATE REQUEST") },
  }),
};

/** What stands for the day of the first `up`, from which certificates count. */
const FIRST_UP = Date.parse("2000-01-01T00:00:00Z");

function endOf(inputs: WireObject): string {
  return new Date(FIRST_UP + numberOf(inputs, "validityPeriodHours", 0) * 3_600_000).toISOString();
}

function certificate(urn: string, inputs: WireObject): Made {
  return {
    id: placeholderBytes(urn, 20).toString("hex"),
    outputs: { ...inputs, certPem: placeholderPem(urn, "CERTIFICATE"), validityEndTime: endOf(inputs) },
  };
}
