import { expect } from "chai";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError } from "../../config/problem.ts";
import { readProject, readStackConfig } from "../../planner/stack-files.ts";

describe("planner/stack-files", () => {
  let folder = "";
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "holdfast-"));
    write(
      "Pulumi.yaml",
      "name: demo\nruntime: nodejs\nmain: main.ts\nconfig:\n  short: 3\n  full: { default: { a: 1, b: 2 } }\n  needed: { type: string }\n  other:key: { value: x }\n",
    );
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("lets a value of the stack win wholly over the project's default, and gives objects as JSON text", () => {
    write("Pulumi.a.yaml", "config:\n  demo:full: { a: 9 }\n  flag: true\n  kubernetes:context: k\n");
    const project = readProject(folder);
    expect(project).to.include({ name: "demo", main: join(folder, "main.ts") });
    expect(readStackConfig(project, "a")).to.deep.equal({
      values: {
        "demo:short": "3",
        "demo:full": '{"a":9}',
        "other:key": "x",
        "demo:flag": "true",
        "kubernetes:context": "k",
      },
      secretKeys: [],
    });
  });

  it("hands encrypted values over as placeholders, marked as secrets, also inside an object", () => {
    write(
      "Pulumi.a.yaml",
      "config:\n  demo:key: { secure: v1:abc }\n  demo:deep: { list: [ { name: n, token: { secure: v1:def } } ] }\n",
    );
    const { values, secretKeys } = readStackConfig(readProject(folder), "a");
    expect(secretKeys).to.deep.equal(["demo:key", "demo:deep"]);
    expect(JSON.stringify(values)).to.not.match(/v1:/);
    expect(JSON.parse(values["demo:deep"]!)).to.deep.equal({ list: [{ name: "n", token: values["demo:key"] }] });
  });

  it("names a file that is missing or can't be read", () => {
    expect(() => readStackConfig(readProject(folder), "b")).to.throw(InputError, /Pulumi\.b\.yaml/);
    write("Pulumi.c.yaml", "config: [\n");
    expect(() => readStackConfig(readProject(folder), "c")).to.throw(InputError, /Pulumi\.c\.yaml/);
    expect(() => readProject(join(folder, "nowhere"))).to.throw(InputError, /Pulumi\.yaml/);
  });
});
