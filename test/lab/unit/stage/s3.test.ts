import { expect } from "chai";
import { signedHeaders } from "../../../../lab/stage/s3.ts";

/** The examples of Amazon S3's API reference, "Signature Calculations for the Authorization Header" (2025). */
describe("a request to a store", () => {
  const key = { id: "AKIAIOSFODNN7EXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };
  const at = new Date("2013-05-24T00:00:00Z");
  const host = "https://examplebucket.s3.amazonaws.com";
  const signature = (path: string, headers?: Readonly<Record<string, string>>): string | undefined =>
    signedHeaders(
      { method: "GET", url: `${host}${path}`, ...(headers === undefined ? {} : { headers }) },
      key,
      "us-east-1",
      at,
    )["authorization"]?.replace(/^.*Signature=/, "");

  it("is signed with its headers, and with its parameters", () => {
    expect(signature("/test.txt", { range: "bytes=0-9" })).to.equal(
      "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    );
    expect(signature("/?lifecycle")).to.equal("fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
    expect(signature("/?max-keys=2&prefix=J")).to.equal(
      "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
    );
  });
});
