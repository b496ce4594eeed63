import { expect } from "chai";
import { isReserved } from "../../config/reserved-names.ts";
import { object, steady, up } from "./site.ts";
import type { Outputs } from "./site.ts";

/** Kinds of which a service of the platform has an object with its own name. */
const OWN_KINDS = ["Deployment", "Service", "ServiceAccount", "PodDisruptionBudget", "StatefulSet"];

describe("what the program refuses knowing the other sites", () => {
  let outputs: Outputs;
  let names: readonly string[];
  before(async () => {
    const stacks = await steady();
    outputs = stacks.outputs;
    names = [stacks.aachen, stacks.titan].flatMap(({ resources }) =>
      resources
        .filter(({ type, name }) => OWN_KINDS.includes(type.split(":").at(-1) ?? "") && !name.startsWith("service-"))
        .map(({ inputs }) => inputs["metadata"] as { name: string; namespace: string })
        .filter(({ namespace }) => namespace === "platform")
        .map(({ name }) => name),
    );
  });

  it("keeps every name from services that an object of its own has", () => {
    expect(names).to.include.members(["proxy", "nameserver", "notice", "mongo", "pg-titan", "backup-aachen"]);
    expect(names.filter((name) => !isReserved(name))).to.deep.equal([]);
  });

  it("lets no record take the address of the other site's host, once that site has told it", async () => {
    const records = [{ name: "ns-titan.appserver.test", type: "A", value: "192.0.2.1" }];
    const message = await up("aachen", { records }, outputs).then(
      () => "",
      (error: Error) => error.message,
    );
    expect(message).to.contain("holdfast:records[0].name of stack aachen").and.contain("ns-titan.appserver.test");
  });

  it("serves the records that it does not refuse", async () => {
    const records = [{ name: "mail.appserver.test", type: "A", value: "192.0.2.1" }];
    const config = object(await up("aachen", { records }, outputs), "kubernetes:core/v1:ConfigMap", "nameserver");
    expect((config["data"] as Record<string, string>)["zone.db"]).to.contain(
      "\nmail.appserver.test. 3600 IN A 192.0.2.1\n",
    );
  });

  it("gives a refusal no trace, over whose frames of the SDK Node.js would run out of memory", async () => {
    const failure = await up("aachen", { topology: "master-slaev" }).then(
      () => undefined,
      (error: Error) => error,
    );
    expect(failure?.message).to.contain("master-slaev");
    expect(failure?.stack).to.equal(failure?.message);
  });
});
