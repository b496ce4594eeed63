import { expect } from "chai";
import fc from "fast-check";
import { InputError } from "../../../config/problem.ts";
import type { FaultEvent } from "../../../resilience/fault.ts";
import { catalogue } from "../../../resilience/faults/catalogue.ts";
import { formatFault, makeFault } from "../../../resilience/faults/format.ts";
import { parseFault } from "../../../resilience/faults/parse.ts";
import { s1 } from "../system-fixture.ts";

const system = s1();
const events: FaultEvent[] = catalogue(system).flatMap(({ steps }) => steps.flat());
const someSteps = fc.array(fc.array(fc.constantFrom(...events), { minLength: 1, maxLength: 4 }), {
  minLength: 1,
  maxLength: 3,
});

function problemsOf(expression: string): InputError {
  try {
    parseFault(expression, system);
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error(`${expression} was accepted`);
}

describe("fault expressions", () => {
  it("are read back as they are written", () => {
    fc.assert(
      fc.property(someSteps, (steps) => {
        const fault = makeFault(steps);
        expect(parseFault(formatFault(fault), system)).to.deep.equal(fault);
      }),
    );
  });

  it("are sets: order and repetition within a step do not count, the order of steps does", () => {
    fc.assert(
      fc.property(someSteps, (steps) => {
        const shuffled = steps.map((step) => [...step].reverse().concat(step));
        expect(makeFault(shuffled)).to.deep.equal(makeFault(steps));
      }),
    );
    expect(parseFault("site:aachen,site:titan", system).expression).to.not.equal(
      parseFault("site:titan,site:aachen", system).expression,
    );
  });

  it("name a link the same way from both ends, unless it fails one way", () => {
    expect(parseFault("link:titan-aachen", system).expression).to.equal("link:aachen-titan");
    expect(parseFault("link:titan>aachen", system).expression).to.equal("link:titan>aachen");
  });

  it("are refused with all faults at once, the valid targets, and the nearest guess", () => {
    const { problems, message } = problemsOf(
      "site:achen+disk:aachen/data:x,proces:core@titan,link:aachen-tian,process:core@aachen:hung,corruption:redis,site:titan:2",
    );
    expect(problems).to.have.length(7);
    expect(message).to.contain("did you mean site:aachen?");
    expect(message).to.contain("did you mean process:core@titan?");
    expect(message).to.contain("did you mean link:aachen-titan?");
    expect(message).to.contain("did you mean process:core@aachen:hang?");
    expect(message).to.contain("what holds data: postgres, mongo");
    expect(message).to.contain("leave :2 out");
  });

  it("are refused when they are empty", () => {
    expect(problemsOf("").problems).to.have.length(1);
    expect(problemsOf("site:aachen+").problems[0]?.offender).to.equal("(an empty event)");
  });
});

describe("catalogue", () => {
  const expressions = catalogue(system).map(({ expression }) => expression);

  it("has every kind of event, every count that an array can lose, and each once", () => {
    expect(expressions).to.include.members([
      "disk:aachen/data:1",
      "disk:aachen/data:3",
      "disk:titan/data:2",
      "disk:aachen/backup:1",
      "disk:aachen:3",
      "storage:titan",
      "node:aachen-1",
      "zone:aachen",
      "site:titan",
      "link:aachen-titan",
      "link:aachen>titan",
      "link:titan>aachen",
      "process:core@titan",
      "process:postgres@aachen",
      "process:postgres@aachen:hang",
      "process:mongo@titan",
      "process:arbiter@aachen",
      "process:proxy@aachen",
      "process:gateway@titan",
      "process:nameserver@titan",
      "corruption:postgres",
      "corruption:mongo",
      "dns:aachen",
      "backup-store:titan",
      "control-plane:aachen",
      "clock:aachen",
      "gateway:titan",
      "certificate-expiry:postgres",
      "certificate-expiry:public@titan",
    ]);
    expect(expressions).to.not.include("disk:aachen/data:4");
    expect(new Set(expressions).size).to.equal(expressions.length);
  });

  it("has the claims' faults and the telling combinations", () => {
    expect(expressions).to.include.members([
      "disk:titan:1,storage:aachen",
      "link:aachen-titan+process:postgres@aachen",
      "link:aachen-titan,storage:aachen",
      "disk:aachen/data:2",
    ]);
  });

  it("is made of expressions that are valid for the system", () => {
    for (const expression of expressions) expect(parseFault(expression, system).expression).to.equal(expression);
  });
});
