import { createHash, createHmac } from "node:crypto";
import type { Machine } from "../network/machine.ts";

/** A key to a store. */
export interface StoreKey {
  readonly id: string;
  readonly secret: string;
}

/** A request to a store of S3's interface. */
export interface S3Request {
  readonly method: "GET" | "PUT" | "DELETE";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface S3Answer {
  readonly status: number;
  readonly body: string;
}

const ALGORITHM = "AWS4-HMAC-SHA256";
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

/**
 * The headers of a request with its signature (AWS Signature Version 4, one chunk). Names in the URL must need no
 * escapes.
 */
export function signedHeaders(
  { method, url, headers = {}, body = "" }: S3Request,
  { id, secret }: StoreKey,
  region: string,
  at: Date,
): Readonly<Record<string, string>> {
  const { host, pathname, searchParams } = new URL(url);
  const time = at.toISOString().replace(/[-:]|\.\d+/g, "");
  const all: Readonly<Record<string, string>> = {
    ...headers,
    ...(body === "" ? {} : { "content-md5": createHash("md5").update(body).digest("base64") }),
    host,
    "x-amz-content-sha256": sha256(body),
    "x-amz-date": time,
  };
  const names = Object.keys(all).sort();
  const parameters = [...searchParams].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).sort();
  const lines = names.map((name) => `${name}:${all[name] ?? ""}`);
  const canonical = [method, pathname, parameters.join("&"), ...lines, "", names.join(";"), sha256(body)].join("\n");
  const day = time.slice(0, 8);
  const scope = `${day}/${region}/s3/aws4_request`;
  const signingKey = [day, region, "s3", "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${secret}`);
  const signature = hmac(signingKey, [ALGORITHM, time, scope, sha256(canonical)].join("\n")).toString("hex");
  return {
    ...all,
    authorization: `${ALGORITHM} Credential=${id}/${scope},SignedHeaders=${names.join(";")},Signature=${signature}`,
  };
}

/** Sends what it is told on its input, and prints the answer. */
const SENDER = `
  const { url, method, headers, body, ca } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  const sent = require("node:https").request(url, { method, headers, ca, timeout: 10000 }, async (answer) => {
    let text = "";
    for await (const piece of answer) text += piece;
    console.log(JSON.stringify({ status: answer.statusCode, body: text }));
  });
  sent.on("timeout", () => sent.destroy(new Error("no answer within 10 s")));
  sent.end(body);`;

/** Asks a store from a machine, whose resolver finds it. */
export async function askStore(
  from: Machine,
  request: S3Request,
  key: StoreKey,
  region: string,
  authority: string,
): Promise<S3Answer> {
  const { method, url, body = "" } = request;
  const headers = signedHeaders(request, key, region, new Date());
  const told = JSON.stringify({ method, url, headers, body, ca: authority });
  return JSON.parse(await from.must([process.execPath, "-e", SENDER], told)) as S3Answer;
}
