import { expect } from "chai";
import { applyObjects } from "../../../../lab/apply/cluster.ts";

const silent =
  'Error from server (InternalError): Internal error occurred: failed calling webhook "mcluster.cnpg.io": failed to call ' +
  'webhook: Post "https://cnpg-webhook-service.cnpg-system.svc:443/mutate?timeout=10s": context deadline exceeded\n';
const refused =
  'Error from server (Forbidden): admission webhook "vcluster.cnpg.io" denied the request: no such class\n';

/** Puts objects on a cluster that answers with these errors in turn, then takes them. @returns how often it was asked */
async function askedWith(...errors: readonly string[]): Promise<number> {
  let asked = 0;
  const kubectl = () => {
    const stderr = errors[asked++];
    return Promise.resolve({ code: stderr === undefined ? 0 : 1, stdout: "", stderr: stderr ?? "" });
  };
  await applyObjects({ name: "azure", kubectl }, []);
  return asked;
}

describe("putting objects on a cluster", () => {
  it("is tried again where a webhook gave no answer", async () => {
    expect(await askedWith()).to.equal(1);
    expect(await askedWith(silent, `serviceaccount/core serverside-applied\n${silent}${silent}`)).to.equal(3);
  });

  it("fails where something was refused, or nobody answers for long", async () => {
    const failure = async (...errors: readonly string[]): Promise<string> =>
      askedWith(...errors).then(
        () => "",
        (error: unknown) => String(error),
      );
    expect(await failure(...Array<string>(2).fill(refused + silent))).to.include("denied the request");
    expect(await failure(...Array<string>(4).fill(silent))).to.include("context deadline exceeded");
  });
});
