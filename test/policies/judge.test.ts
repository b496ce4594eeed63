import { expect } from "chai";
import { judgePresence, judgeStack } from "../../policies/judge.ts";
import type { ResourceRule, StackRule, StackView, Verdict } from "../../policies/rule.ts";
import { observe } from "../../resilience/observe/index.ts";
import { happyStacks } from "./happy.ts";

const words = { what: "What.", why: "Why.", fix: "Fix.", ids: ["R4"], level: "mandatory" } as const;

describe("policies/judge", () => {
  let view: StackView;
  before(async () => {
    const [stack] = await happyStacks("two-sites");
    if (!stack) throw new Error("no stack");
    view = { stack, system: observe([stack]) };
  });

  const judged = (verdict: Verdict, expected?: boolean) => {
    const rule: StackRule = {
      ...words,
      kind: "stack",
      name: "a-rule",
      subject: "a subject",
      ...(expected === undefined ? {} : { expected: () => expected }),
      evaluate: () => verdict,
    };
    return judgeStack(rule, view, {});
  };

  it("takes a rule that evaluated nothing for violated, where something should be", () => {
    expect(judged({ evaluated: 0, findings: [] }).findings[0]?.message).to.contain("a subject is expected");
    expect(judged({ evaluated: 0, findings: [] }, true).findings).to.have.length(1);
    expect(judged({ evaluated: 0, findings: [] }, false).findings).to.deep.equal([]);
    expect(judged({ evaluated: 1, findings: [] }).findings).to.deep.equal([]);
    expect(judged({ evaluated: 0, findings: [], pending: ["later"] })).to.deep.equal({
      findings: [],
      pending: ["later"],
    });
  });

  it("takes a stack without any resource of a rule's types for violating it, unless that may be", () => {
    const rule: ResourceRule = {
      ...words,
      kind: "resource",
      name: "a-rule",
      types: ["a", "b"],
      evaluate: () => ({ findings: [] }),
    };
    expect(judgePresence(rule, new Set(["c"]))[0]?.message).to.contain("no a, no b");
    expect(judgePresence(rule, new Set(["b", "c"]))).to.deep.equal([]);
    expect(judgePresence({ ...rule, optional: true }, new Set(["c"]))).to.deep.equal([]);
  });
});
