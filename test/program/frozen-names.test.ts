import { readFileSync } from "node:fs";
import { expect } from "chai";
import { planTopology } from "../../planner/plan.ts";
import { readProject } from "../../planner/stack-files.ts";
import { masterSlave } from "../../topologies/master-slave.ts";

/** The version whose stacks may be deployed somewhere. A resource of it that gets another name or type would be replaced. */
const RELEASED = "test/program/frozen-names-0.1.0.txt";

/** `<stack> <type> <logical name> <namespace>/<metadata.name>`, the four that make a resource the same one. */
async function names(): Promise<readonly string[]> {
  const { sites } = await planTopology(readProject("."), masterSlave);
  return sites
    .flatMap(({ result }) =>
      result.resources.map(({ urn, name, inputs }) => {
        const { name: object, namespace } = (inputs["metadata"] ?? {}) as { name?: string; namespace?: string };
        const type = urn.split("::")[2] ?? "";
        return [result.stack, type, name, ...(object ? [`${namespace ?? ""}/${object}`] : [])].join(" ");
      }),
    )
    .sort();
}

describe("names are frozen", () => {
  it("keeps every resource of version 0.1.0: none is renamed, none replaced", async () => {
    const released = readFileSync(RELEASED, "utf8").trim().split("\n");
    const now = new Set(await names());
    expect(
      released.filter((one) => !now.has(one)),
      "gone or renamed",
    ).to.deep.equal([]);
  });

  it("gives no two resources of a stack one name", async () => {
    const all = await names();
    expect(new Set(all).size).to.equal(all.length);
  });
});
