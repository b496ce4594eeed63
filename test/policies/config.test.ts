import { expect } from "chai";
import { levelOf, readPackConfig, settingsOf } from "../../policies/config.ts";
import { LEFT } from "../../policies/own-names.ts";
import type { ResourceRule } from "../../policies/rule.ts";

const rule: ResourceRule = {
  kind: "resource",
  name: "copies",
  what: "What.",
  why: "Why.",
  fix: "Fix.",
  ids: ["R4"],
  level: "mandatory",
  types: [],
  settings: {
    zones: { type: "integer", description: "How many.", default: 2, minimum: 1 },
    kind: { type: "string", description: "Which.", default: "full", enum: ["full", "part"] },
  },
  evaluate: () => ({ findings: [] }),
};

describe("policies/config", () => {
  const read = (document: unknown) => readPackConfig(document, [rule], "policies.json");

  it("reads levels and settings as the Pulumi CLI does; `all` holds where nothing else is said", () => {
    const { config, problems } = read({ copies: { enforcementLevel: "advisory", zones: 3 }, [LEFT]: "disabled" });
    expect(problems).to.deep.equal([]);
    expect(levelOf(rule, config)).to.equal("advisory");
    expect(settingsOf(rule, config.get("copies")?.settings)).to.deep.equal({ zones: 3, kind: "full" });
    expect(levelOf({ name: "other", level: "mandatory" }, read({ all: "disabled" }).config)).to.equal("disabled");
    expect(levelOf(rule, read({ all: "disabled", copies: "advisory" }).config)).to.equal("advisory");
    expect(levelOf(rule, read({}).config)).to.equal("mandatory");
  });

  it("names every unknown policy, setting, level and value at once", () => {
    const { problems } = read({
      copise: "mandatory",
      copies: { enforcementLevel: "remediate", zone: 2, zones: 0, kind: "half" },
      all: { zones: 2 },
    });
    expect(problems.map(({ offender }) => offender)).to.deep.equal([
      "policies.json: copise",
      "policies.json: copies.enforcementLevel",
      "policies.json: copies.zone",
      "policies.json: copies.zones",
      "policies.json: copies.kind",
      "policies.json: all.zones",
    ]);
    expect(problems[0]?.fix).to.equal("did you mean copies?");
    expect(problems[2]?.fix).to.equal("did you mean zones?");
  });

  it("refuses what is no object, and a value of another type", () => {
    for (const document of [[], null, "mandatory", 3]) expect(read(document).problems).to.have.length(1);
    for (const zones of ["2", 2.5, null, [2], true]) expect(read({ copies: { zones } }).problems).to.have.length(1);
    for (const copies of [null, 1, ["advisory"], "sometimes"]) expect(read({ copies }).problems).to.have.length(1);
  });
});
