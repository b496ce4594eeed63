import type { PolicyResource } from "@pulumi/policy";
import { expect } from "chai";
import { readProperties, stackOf } from "../../policies/read-resources.ts";
import { redact } from "../../policies/secrets.ts";
import { PENDING, SECRET } from "../../resilience/resource.ts";

/** As @pulumi/policy (1.21) throws it when a property is read that only an up knows; the class is not exported. */
class UnknownValueError extends Error {}

/** Stands before properties as that package's proxy does. */
function withUnknown(properties: Record<string, unknown>, unknown: string): Record<string, unknown> {
  return new Proxy(properties, {
    get: (target, key) => {
      if (key === unknown) throw new UnknownValueError("known after an up");
      return Reflect.get(target, key) as unknown;
    },
  });
}

function resource(name: string, props: Record<string, unknown>, more: Partial<PolicyResource> = {}): PolicyResource {
  const never = (): never => {
    throw new Error("not asked");
  };
  return {
    type: "kubernetes:core/v1:ConfigMap",
    urn: `urn:pulumi:here::shop::kubernetes:core/v1:ConfigMap::${name}`,
    name,
    props,
    opts: {
      protect: true,
      ignoreChanges: [],
      aliases: [],
      customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
      additionalSecretOutputs: [],
    },
    provider: { type: "kubernetes", props: {}, urn: "", name: "" },
    dependencies: [],
    propertyDependencies: {},
    isType: never,
    asType: never,
    ...more,
  };
}

describe("policies/read-resources", () => {
  it("takes a value that only an up knows for pending, and keeps what stands beside it", () => {
    const spec = withUnknown({ replicas: 2, image: "?", list: [{ a: 1 }, 2] }, "image");
    expect(readProperties("x:y:Z", { spec, plain: "text" }, new Set())).to.deep.equal({
      spec: { replicas: 2, image: PENDING, list: [{ a: 1 }, 2] },
      plain: "text",
    });
  });

  it("lets any other error pass", () => {
    const broken = new Proxy(
      { a: 1 },
      {
        get: () => {
          throw new TypeError("broken");
        },
      },
    );
    expect(() => readProperties("x:y:Z", { broken }, new Set())).to.throw(TypeError, "broken");
  });

  it("gives stack, parent, dependencies and protection, and prefers what was declared to what came of it", () => {
    const parent = resource("parent", { fact: "output", only: "output" }, { provider: undefined });
    const child = resource(
      "child",
      { data: { a: "live" }, status: "ready" },
      { parent, dependencies: [parent], propertyDependencies: { data: [parent] } },
    );
    const declared = new Map([
      [parent.urn, { fact: "input" }],
      [child.urn, { data: { a: "wanted" } }],
    ]);
    const { stack, resources } = stackOf([parent, child], declared, new Set());
    expect(stack).to.equal("here");
    expect(resources[0]?.inputs).to.deep.equal({ fact: "input", only: "output" });
    expect(resources[1]).to.deep.include({
      inputs: { data: { a: "wanted" } },
      parent: parent.urn,
      dependencies: [parent.urn],
      propertyDependencies: { data: [parent.urn] },
      protect: true,
    });
    expect(stackOf([child], new Map(), new Set()).resources[0]?.inputs).to.have.property("status", "ready");
  });

  it("masks what is secret by its kind, and keeps its text out of messages, encoded or not", () => {
    const found = new Set<string>();
    const masked = readProperties(
      "kubernetes:core/v1:Secret",
      { data: { password: Buffer.from("hunter2-hunter2").toString("base64") }, metadata: { name: "db" } },
      found,
    );
    expect(masked).to.deep.equal({ data: { password: SECRET }, metadata: { name: "db" } });
    expect(redact("env PASSWORD is hunter2-hunter2", found)).to.equal("env PASSWORD is [secret]");
    readProperties("tls:index/privateKey:PrivateKey", { privateKeyPem: "-----BEGIN X" }, found);
    expect(redact("-----BEGIN X", found)).to.equal("[secret]");
  });
});
