import { expect } from "chai";
import fc from "fast-check";
import { InputError } from "../../config/problem.ts";
import { readStack } from "../../resilience/read.ts";
import { PENDING, SECRET } from "../../resilience/resource.ts";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const secretMark = { [SIGNATURE]: "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:abc" };
const unknownMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const root = {
  urn: "urn:pulumi:aachen::holdfast::pulumi:pulumi:Stack::holdfast-aachen",
  custom: false,
  type: "pulumi:pulumi:Stack",
};
const componentUrn = "urn:pulumi:aachen::holdfast::holdfast:platform:Zone::zone";
const component = {
  urn: componentUrn,
  custom: false,
  type: "holdfast:platform:Zone",
  parent: root.urn,
  inputs: { site: "aachen", uplink: 1 },
  outputs: { uplink: 2, token: secretMark },
};
const secretUrn = "urn:pulumi:aachen::holdfast::holdfast:platform:Zone$kubernetes:core/v1:Secret::zone-secret";
const object = {
  urn: secretUrn,
  custom: true,
  id: "platform/zone",
  type: "kubernetes:core/v1:Secret",
  inputs: {
    metadata: { name: "zone" },
    stringData: { key: secretMark },
    later: unknownMark,
    reference: { [SIGNATURE]: "5cf8f73096256a8f31e491e813e4eb8e", urn: componentUrn, id: "" },
  },
  outputs: { metadata: { name: "zone", uid: "x" } },
  parent: componentUrn,
  dependencies: [componentUrn],
  propertyDependencies: { stringData: [componentUrn] },
};

const exported = (resources: unknown, version: unknown = 3): string =>
  JSON.stringify({ version, deployment: { manifest: {}, resources } });
const preview = (steps: unknown, changeSummary: unknown = { create: 3 }, rest: object = {}): string =>
  JSON.stringify({ config: {}, steps, changeSummary, ...rest });
const step = (state: { urn: string }, op = "create"): object => ({ op, urn: state.urn, newState: state });

function problemOf(text: string): string {
  try {
    readStack(text, "stack.json");
  } catch (error) {
    expect(error).to.be.instanceOf(InputError);
    const { problems, message } = error as InputError;
    expect(problems).to.have.length(1);
    expect(problems[0]!.offender).to.contain("stack.json");
    return message;
  }
  throw new Error("no error was thrown");
}

describe("resilience/read", () => {
  it("reads an export: secrets, unknown values and references as stand-ins, a component's outputs beside its inputs", () => {
    const { stack, origin, resources } = readStack(exported([root, component, object]), "a.json");
    expect({ stack, origin }).to.deep.equal({ stack: "aachen", origin: "a.json" });
    expect(resources.map(({ name }) => name)).to.deep.equal(["holdfast-aachen", "zone", "zone-secret"]);
    expect(resources[1]!.inputs).to.deep.equal({ site: "aachen", uplink: 1, token: SECRET });
    expect(resources[2]!.inputs).to.deep.equal({
      metadata: { name: "zone" },
      stringData: { key: SECRET },
      later: PENDING,
      reference: componentUrn,
    });
    expect(resources[2]).to.deep.include({
      parent: componentUrn,
      dependencies: [componentUrn],
      propertyDependencies: { stringData: [componentUrn] },
    });
  });

  it("leaves out an old copy that waits for its deletion", () => {
    const { resources } = readStack(exported([root, component, object, { ...object, delete: true }]), "a.json");
    expect(resources).to.have.length(3);
  });

  it("reads a preview with the same result, its own marks of secrets included", () => {
    const shown = { ...object, inputs: { ...object.inputs, stringData: { key: "[secret]" } } };
    const fromPreview = readStack(
      preview([step(root, "same"), step(component, "update"), step(shown)], { same: 1, update: 1, create: 1 }),
      "x",
    );
    expect(fromPreview.resources).to.deep.equal(readStack(exported([root, component, object]), "x").resources);
  });

  it("leaves out what the preview deletes, and takes a replacement once", () => {
    const steps = [
      step(root),
      step(component),
      step(object, "create-replacement"),
      step(object, "replace"),
      { op: "delete", urn: "urn:x", oldState: object },
    ];
    expect(readStack(preview(steps), "x").resources).to.have.length(3);
  });

  it("refuses a preview made without --show-sames", () => {
    expect(problemOf(preview([step(root)], { create: 1, same: 40 }))).to.match(
      /40 of 40 unchanged resources are missing[\s\S]*--show-sames/,
    );
    expect(problemOf(preview([], { same: 2 }))).to.match(/--show-sames/);
    expect(problemOf(preview([step(root, "same")], { same: 2 }))).to.match(/1 of 2 unchanged/);
  });

  const refused: readonly [string, string, RegExp][] = [
    ["an empty file", "  \n", /an empty file/],
    ["text that is not JSON", "resources: []", /not JSON/],
    ["a file that was cut off", exported([root]).slice(0, -3), /not JSON, or was cut off/],
    ["two documents", exported([root]) + exported([root]), /more text after the first document/],
    ["JSON of another kind", '{"kind":"List"}', /JSON of another kind/],
    ["a list", "[]", /JSON of another kind/],
    ["a bare value", "null", /JSON of another kind/],
    ["an export of an old version", exported([root], 1), /version 1/],
    ["a stack without resources", exported([]), /no resource at all/],
    [
      "a stack that was never brought up",
      JSON.stringify({ version: 3, deployment: { manifest: {} } }),
      /no resource at all/,
    ],
    ["resources that are no list", exported({}), /JSON of another kind/],
    ["a resource without a urn", exported([{ type: "a" }]), /no urn/],
    ["a resource without a type", exported([{ urn: root.urn }]), /no type/],
    ["a resource that is no object", exported([7]), /not an object/],
    ["inputs that are no object", exported([{ ...root, inputs: [] }]), /inputs or outputs that are no object/],
    [
      "resources of two stacks",
      exported([root, { ...root, urn: root.urn.replace("aachen::", "titan::") }]),
      /URNs of aachen, titan/,
    ],
    ["a part of a stack", exported([root, object]), /whose parent .*zone is missing/],
    ["a resource that occurs twice", exported([root, root]), /twice/],
    [
      "a failed preview",
      preview([step(root)], { create: 1 }, { diagnostics: [{ severity: "error", message: "x" }] }),
      /a preview with errors/,
    ],
    ["a preview without its summary", JSON.stringify({ steps: [step(root)] }), /no changeSummary/],
    ["a preview without steps", preview([], {}), /no resource at all/],
    [
      "objects nested too deep",
      exported([{ ...root, inputs: { a: JSON.parse("[".repeat(400) + "]".repeat(400)) } }]),
      /nested too deep/,
    ],
  ];
  for (const [what, text, message] of refused)
    it(`refuses ${what}`, () => void expect(problemOf(text)).to.match(message));

  it("refuses any other text with an InputError and nothing else", () => {
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((json) => `{"version":3,"deployment":{"resources":${json}}}`),
      fc.json().map((json) => `{"steps":${json}}`),
    );
    fc.assert(
      fc.property(anything, (text) => {
        expect(() => readStack(text, "x")).to.throw(InputError);
      }),
    );
  });

  it("never lets a secret through", () => {
    const text = exported([
      root,
      { ...component, inputs: { a: [{ b: { ...secretMark, plaintext: '"hunter2"', value: "hunter2" } }] } },
    ]);
    expect(JSON.stringify(readStack(text, "x"))).to.not.contain("hunter2");
  });
});
