import { expect } from "chai";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";
import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { outputOf, isSecretOutput, runProgram } from "../../planner/harness.ts";
import { SECRET } from "../../resilience/resource.ts";

class Bucket extends pulumi.CustomResource {
  constructor(name: string) {
    super("aws:s3/bucket:Bucket", name, {});
  }
}

class Store extends pulumi.ComponentResource {
  constructor(
    name: string,
    args: { size: number; password: pulumi.Input<string> },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("test:platform:Store", name, args, opts);
    const map = new k8s.core.v1.ConfigMap(
      `${name}-map`,
      { metadata: { name, namespace: "platform" }, data: { size: String(args.size) } },
      { parent: this },
    );
    new k8s.core.v1.Secret(
      `${name}-secret`,
      { metadata: { name, namespace: "platform" }, stringData: { password: args.password, map: map.metadata.name } },
      { parent: this, protect: true },
    );
    this.registerOutputs({ seen: args.size + 1 });
  }
}

function sample(): Record<string, unknown> {
  const provider = new k8s.Provider("cluster", { kubeconfig: new pulumi.Config("test").requireSecret("kubeconfig") });
  const password = new random.RandomPassword("password", { length: 24 });
  const other = new pulumi.StackReference("other", { name: "organization/test/titan" });
  const opts = { provider };
  new Store("store", { size: 3, password: password.result }, { providers: [provider] });
  new k8s.apiextensions.CustomResource(
    "cluster-pg",
    {
      apiVersion: "postgresql.cnpg.io/v1",
      kind: "Cluster",
      metadata: { name: "pg" },
      spec: { host: other.getOutput("host") },
    },
    opts,
  );
  return {
    password: password.result,
    theirs: other.getOutput("host"),
    absent: other.getOutput("nothing").apply((value) => value === undefined),
  };
}

const run = (stackOutputs = {}) =>
  runProgram(sample, {
    project: "test",
    stack: "aachen",
    config: { "test:map": { a: 1 } },
    secrets: { "test:kubeconfig": "k" },
    stackOutputs,
  });

describe("planner/harness", () => {
  it("records every resource with the URN, the parent and the dependencies that an engine would note", async () => {
    const { resources } = await run();
    const urns = resources.map(({ urn }) => urn);
    expect(urns).to.include("urn:pulumi:aachen::test::pulumi:pulumi:Stack::test-aachen");
    const secretUrn = "urn:pulumi:aachen::test::test:platform:Store$kubernetes:core/v1:Secret::store-secret";
    const found = resources.find(({ urn }) => urn === secretUrn)!;
    expect(found.parent).to.equal("urn:pulumi:aachen::test::test:platform:Store::store");
    expect(found.propertyDependencies["stringData"]).to.include(
      "urn:pulumi:aachen::test::test:platform:Store$kubernetes:core/v1:ConfigMap::store-map",
    );
    expect(found.dependencies).to.include(
      "urn:pulumi:aachen::test::random:index/randomPassword:RandomPassword::password",
    );
    expect(found).to.include({ custom: true, protect: true, id: "platform/store", type: "kubernetes:core/v1:Secret" });
    expect(found.provider).to.match(/^urn:pulumi:aachen::test::pulumi:providers:kubernetes::cluster::/);
  });

  it("shows secrets as secrets, and a component's arguments and registered outputs as its inputs", async () => {
    const { resources } = await run();
    const component = resources.find(({ type }) => type === "test:platform:Store")!;
    expect(component.inputs).to.deep.include({ size: 3, seen: 4, password: SECRET });
    const found = resources.find(({ name }) => name === "store-secret")!;
    expect(JSON.stringify(found.inputs)).to.not.match(/[A-Za-z0-9]{24}"/);
    expect(resources.find(({ name }) => name === "cluster")!.inputs["kubeconfig"]).to.deep.equal(SECRET);
  });

  it("hands the outputs of one stack to another, and takes a stack without outputs as normal", async () => {
    const alone = await run();
    expect(outputOf(alone, "theirs")).to.equal(undefined);
    expect(outputOf(alone, "absent")).to.equal(true);
    expect(alone.references).to.deep.equal(["titan"]);
    const told = await run({ titan: { host: "b.example" } });
    expect(outputOf(told, "theirs")).to.equal("b.example");
    expect(isSecretOutput(told, "theirs")).to.equal(false);
    const hidden = await run({ titan: { host: alone.outputs["password"], other: 1 } });
    expect(isSecretOutput(hidden, "theirs")).to.equal(true);
  });

  it("draws the same well-formed values for the same URN, marked secret", async () => {
    const [first, second] = [await run(), await run()];
    expect(outputOf(first, "password")).to.have.length(24);
    expect(outputOf(first, "password")).to.equal(outputOf(second, "password"));
    expect(isSecretOutput(first, "password")).to.equal(true);
    const keys = await runProgram(() => {
      const ed = new tls.PrivateKey("ed", { algorithm: "ED25519" });
      const ec = new tls.PrivateKey("ec", { algorithm: "ECDSA", ecdsaCurve: "P256" });
      const bytes = new random.RandomBytes("bytes", { length: 756 });
      return { ed: ed.privateKeyPem, ec: ec.privateKeyPem, bytes: bytes.base64 };
    });
    expect(createPrivateKey(String(outputOf(keys, "ed"))).asymmetricKeyType).to.equal("ed25519");
    expect(createPrivateKey(String(outputOf(keys, "ec"))).asymmetricKeyType).to.equal("ec");
    expect(Buffer.from(String(outputOf(keys, "bytes")), "base64")).to.have.length(756);
    expect(isSecretOutput(keys, "bytes")).to.equal(true);
  });

  it("gives a custom resource no status", async () => {
    const { outputs } = await runProgram(() => {
      const object = new k8s.core.v1.Service("s", { metadata: { name: "s" } });
      return { none: object.status.apply((status) => status === undefined) };
    });
    expect(outputs["none"]).to.equal(true);
  });

  const failing: readonly [string, () => unknown, RegExp][] = [
    ["an unknown resource type", () => new Bucket("b"), /aws:s3\/bucket:Bucket is unknown/],
    [
      "an unknown invoke",
      () => pulumi.runtime.invoke("aws:index/getRegion:getRegion", {}),
      /invoke aws:index\/getRegion:getRegion is unknown/,
    ],
    ["an object without a name", () => new k8s.core.v1.ConfigMap("c", {}), /c: metadata.name is not set/],
    [
      "a URN registered twice",
      () => ["x", "x"].map((name) => new k8s.core.v1.ConfigMap(name, { metadata: { name } })),
      /registered twice/,
    ],
    [
      "a failing apply",
      () => ({
        out: pulumi.output(1).apply(() => {
          throw new Error("bad apply");
        }),
      }),
      /bad apply/,
    ],
    [
      "a failing apply of an input",
      () =>
        void new k8s.core.v1.ConfigMap("c", {
          metadata: {
            name: pulumi.output("c").apply((): string => {
              throw new Error("bad input");
            }),
          },
        }),
      /bad input/,
    ],
    [
      "a program that throws",
      () => {
        throw new Error("bad program");
      },
      /bad program/,
    ],
    [
      "transforms of a resource",
      () => void new k8s.core.v1.ConfigMap("c", { metadata: { name: "c" } }, { transforms: [() => undefined] }),
      /transforms are registered for urn.*::c/,
    ],
    [
      "transforms of the stack",
      () => pulumi.runtime.registerResourceTransform(() => undefined),
      /transforms are registered for the stack/,
    ],
  ];
  for (const [what, program, message] of failing) {
    it(`refuses ${what}`, async () => {
      const failure = await runProgram(program).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(failure).to.be.instanceOf(Error);
      expect(String(failure)).to.match(message);
    });
  }

  it("names the line of the source where a program failed, though it looks up none while the program runs", async () => {
    const mapped = process.sourceMapsEnabled;
    let during = true;
    const failure = await runProgram(() => {
      during = process.sourceMapsEnabled;
      throw new TypeError("a slip");
    }).catch((error: unknown) => error);
    const line =
      readFileSync(__filename, "utf8")
        .split("\n")
        .findIndex((text) => text.includes('TypeError("a slip")')) + 1;
    expect((failure as Error).stack).to.contain(`harness.test.ts:${line}:`);
    expect(mapped).to.equal(true);
    expect({ during, after: process.sourceMapsEnabled }).to.deep.equal({ during: false, after: true });
  });

  it("keeps what the program logs, and prints none of it", async () => {
    const { logs } = await runProgram(() => void pulumi.log.warn("mind the gap"));
    expect(logs).to.deep.equal(["warning: mind the gap"]);
  });

  it("leaves nothing of one run to the next", async () => {
    await runProgram(
      () => {
        throw new Error("first");
      },
      { config: { "holdfast:left": "over" } },
    ).catch(() => undefined);
    const { outputs, resources } = await runProgram(() => ({
      left: new pulumi.Config("holdfast").get("left") ?? "nothing",
    }));
    expect(outputs).to.deep.equal({ left: "nothing" });
    expect(resources).to.have.length(1);
  });
});
