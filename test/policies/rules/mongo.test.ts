import { expect } from "chai";
import fc from "fast-check";
import { analyse } from "../../../resilience/analyse/index.ts";
import { parseFault } from "../../../resilience/faults/parse.ts";
import type { MongoMember, System } from "../../../resilience/system.ts";
import { mongoPlace } from "../../../policies/rules/mongo-place.ts";
import { mongoVotes } from "../../../policies/rules/mongo-votes.ts";
import { changed } from "../../resilience/changes.ts";

const stack = { stack: "aachen", origin: "test", resources: [] };

function said(system: System): string {
  return [
    ...mongoVotes.evaluate({ stack, system }, {}).findings,
    ...mongoPlace.evaluate({ stacks: [stack], system }, {}).findings,
  ]
    .map(({ message }) => message)
    .join("\n");
}

/** S1 with other members; those that are not given anew stay as the first one is. */
function withMembers(members: readonly Partial<MongoMember>[]): System {
  return changed((draft) => {
    const [set] = draft.mongo;
    const [sample] = set?.members ?? [];
    if (!set || !sample) throw new Error("the fixture has no replica set");
    set.members = members.map((member, index) => ({ ...structuredClone(sample), name: `m${index}`, ...member }));
  });
}

const data = (site: string, priority: number, votes = 1): Partial<MongoMember> => ({
  site,
  priority,
  votes,
  arbiter: false,
});
const arbiter = (site: string): Partial<MongoMember> => ({ site, priority: 0, votes: 1, arbiter: true });

describe("policies/rules/mongo-votes and mongo-place", () => {
  it("S1.4: take primary and arbiter at one site, and a member without priority at the other", () => {
    expect(said(withMembers([data("aachen", 1), arbiter("aachen"), data("titan", 0)]))).to.equal("");
  });

  it("S3.3: take three members that can be elected at one site, and one without a vote at the other", () => {
    const three = [data("aachen", 1), data("aachen", 1), data("aachen", 1)];
    expect(said(withMembers([...three, data("titan", 0, 0)]))).to.equal("");
    expect(said(withMembers([...three, data("titan", 0)]))).to.match(/4 members .* vote .*even number/);
  });

  const bad: readonly (readonly [string, readonly Partial<MongoMember>[], RegExp])[] = [
    ["an even number", [data("aachen", 1), data("titan", 0)], /2 members .* vote .*even number/],
    [
      "the arbiter at the other site",
      [data("aachen", 1), arbiter("titan"), data("titan", 0)],
      /the arbiter m1 .* is at titan, and the primary at aachen[^]*aachen has 1 of 3 votes/,
    ],
    ["two arbiters", [data("aachen", 1), arbiter("aachen"), arbiter("aachen")], /2 arbiters \(m1 and m2\)/],
    [
      "members that can be elected at both sites",
      [data("aachen", 2), data("aachen", 1), data("titan", 1)],
      /can become primary at aachen and titan/,
    ],
    [
      "nobody who can be elected",
      [data("aachen", 0), data("aachen", 0), data("titan", 0)],
      /no member .* can become primary/,
    ],
    [
      "priority without a vote",
      [data("aachen", 1, 0), data("aachen", 1), data("titan", 0, 0)],
      /m0 .* priority 1 and no vote/,
    ],
    [
      "more than seven votes",
      Array.from({ length: 9 }, (_, index) => data("aachen", index === 0 ? 1 : 0)),
      /9 members .* takes 7 at the most/,
    ],
    [
      "a member that nothing runs",
      [data("aachen", 1), { ...data("aachen", 0), site: "", urn: undefined }, data("titan", 0)],
      /m1, which nothing declared runs/,
    ],
    [
      "the primary at another site than PostgreSQL's",
      [data("titan", 1), arbiter("titan"), data("aachen", 0)],
      /takes writes at titan and PostgreSQL at aachen/,
    ],
  ];
  for (const [what, members, message] of bad) {
    it(`refuse ${what}`, () => {
      expect(said(withMembers(members))).to.match(message);
    });
  }

  it("C3: whatever they take goes on to take writes when the link is lost, as the analysis has it", () => {
    const member = fc.record({
      site: fc.constantFrom("aachen", "titan"),
      arbiter: fc.boolean(),
      priority: fc.constantFrom(0, 1),
      votes: fc.constantFrom(0, 1),
    });
    let taken = 0;
    fc.assert(
      fc.property(fc.array(member, { minLength: 1, maxLength: 5 }), (members) => {
        const system = withMembers(members.map((one) => (one.arbiter ? { ...one, priority: 0 } : one)));
        if (said(system) !== "") return;
        taken++;
        const { splitBrain, sites } = analyse(system, parseFault("link:aachen-titan", system));
        expect(splitBrain.possible).to.equal("no");
        expect(sites.find(({ site }) => site === "aachen")?.writes).to.equal("full");
      }),
      { numRuns: 3000 },
    );
    expect(taken).to.be.greaterThan(5);
  });
});
