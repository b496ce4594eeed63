import { expect } from "chai";
import { oneWritablePostgres } from "../../../policies/rules/one-writable-postgres.ts";
import { known, unknown } from "../../../resilience/fact.ts";
import type { Fact } from "../../../resilience/fact.ts";
import { changed, one } from "../../resilience/changes.ts";

/** S1 whose standby follows, or does not. */
function said(replica: Fact<boolean>) {
  const system = changed((draft) => {
    one(draft.postgres, ({ site }) => site === "titan").replica = replica;
  });
  return oneWritablePostgres.evaluate({ stacks: [], system }, {});
}

const source = { urn: "urn:pulumi:titan::holdfast::x::y", path: "spec.replica" };

describe("policies/rules/one-writable-postgres", () => {
  it("S1.5: takes one cluster that is written and one that follows", () => {
    expect(said(known(true, source))).to.deep.equal({ evaluated: 2, findings: [] });
  });

  it("C3: refuses two that take writes, naming both", () => {
    expect(
      said(known(false, source))
        .findings.map(({ message }) => message)
        .join(),
    ).to.match(/pg-aachen at aachen and pg-titan at titan all take writes/);
  });

  it("refuses one of which nobody knows, and waits for what an up tells", () => {
    expect(said(unknown("spec.replica is secret", source)).findings).to.have.length(1);
    const { findings, pending } = said({ state: "pending", why: "known after an up", source });
    expect([findings, pending?.length]).to.deep.equal([[], 1]);
  });
});
