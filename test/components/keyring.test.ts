import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import { KEY_NAMES, MONGO_KEY_BYTES, keysFrom } from "../../components/keyring-plan.ts";
import { Keyring, exportKeys, readKeys } from "../../components/keyring.ts";
import { isSecretOutput, outputOf, runProgram } from "../../planner/harness.ts";
import type { ProgramResult } from "../../planner/harness.ts";

const declare = (): Promise<ProgramResult> => runProgram(() => ({ keys: exportKeys(new Keyring("keyring").keys) }));

/** What a stack that is not the keyring's sees. */
async function reading(keys: ProgramResult | undefined): Promise<{ found: boolean; result: ProgramResult }> {
  let found = false;
  const result = await runProgram(
    async () => {
      const read = await readKeys(new pulumi.StackReference("stack-aachen", { name: "organization/holdfast/aachen" }));
      found = read !== undefined;
      return read ? { ...read } : {};
    },
    { stack: "titan", stackOutputs: keys ? { aachen: keys.outputs } : {} },
  );
  return { found, result };
}

describe("components/keyring", () => {
  let made: ProgramResult;

  before(async () => {
    made = await declare();
  });

  it("keeps the logical names that were released: another name is another key", () => {
    const names = made.resources.filter(({ parent }) => parent?.includes("Keyring")).map(({ name }) => name);
    expect(names.sort()).to.deep.equal([
      "keyring-backup",
      "keyring-ca",
      "keyring-ca-key",
      "keyring-mongo",
      "keyring-mongo-backup",
      "keyring-mongo-key",
      "keyring-postgres",
      "keyring-tsig",
    ]);
  });

  it("protects every key, and not the certificate, which is renewed by replacing it", () => {
    for (const { name, protect, parent } of made.resources) {
      if (parent?.includes("Keyring")) expect(protect, name).to.equal(name !== "keyring-ca");
    }
  });

  it("exports all keys, as a secret", () => {
    expect(isSecretOutput(made, "keys")).to.equal(true);
    expect(outputOf(made, "keys")).to.have.all.keys(...KEY_NAMES);
  });

  it("draws a key file that mongod takes: base64, 1024 characters at most, no padding", () => {
    const { mongoKey } = outputOf(made, "keys") as Record<string, string>;
    expect(mongoKey).to.match(/^[A-Za-z0-9+/]{6,1024}$/);
    expect(MONGO_KEY_BYTES % 3).to.equal(0);
  });

  it("draws passwords without characters that a connection URI would have to escape", () => {
    const drawn = made.resources.filter(({ type }) => type === "random:index/randomPassword:RandomPassword");
    expect(drawn).to.have.lengthOf(4);
    for (const { inputs } of drawn) expect(inputs).to.include({ special: false, length: 32 });
  });

  it("signs with an authority that outlives every certificate it signs", () => {
    const ca = made.resources.find(({ name }) => name === "keyring-ca")!.inputs as Record<string, number | boolean>;
    expect(ca).to.include({ isCaCertificate: true, setSubjectKeyId: true });
    expect(Number(ca["earlyRenewalHours"])).to.be.at.least(2 * 8766);
  });

  it("hands the same keys to another stack, each still a secret", async () => {
    const { result } = await reading(made);
    const original = outputOf(made, "keys") as Record<string, string>;
    for (const name of KEY_NAMES) {
      expect(outputOf(result, name), name).to.equal(original[name]);
      expect(isSecretOutput(result, name), name).to.equal(true);
    }
  });

  it("reads nothing while the keyring's stack was never brought up", async () => {
    expect((await reading(undefined)).found).to.equal(false);
  });

  it("names every key that is missing, and no value", () => {
    expect(() => keysFrom({ caKey: "hush", mongoKey: 3 }))
      .to.throw(/lacks caCertificate, postgresPassword, .*mongoKey.*pulumi up/)
      .with.property("message")
      .that.does.not.include("hush");
  });
});
