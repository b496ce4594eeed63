import { expect } from "chai";
import { analyse } from "../../resilience/analyse/index.ts";
import * as constants from "../../resilience/constants.ts";
import { explain } from "../../resilience/explain.ts";
import { catalogue } from "../../resilience/faults/catalogue.ts";
import { parseFault } from "../../resilience/faults/parse.ts";
import { changed } from "./changes.ts";
import { s1 } from "./system-fixture.ts";
import { unknown } from "../../resilience/fact.ts";

describe("explain", () => {
  const system = s1();

  it("tells what happens, why, by which resources, and what to do", () => {
    const text = explain(analyse(system, parseFault("site:aachen", system)));
    expect(text).to.contain("Aachen down  (site:aachen)");
    expect(text).to.contain(
      "PostgreSQL at titan (pg-titan) is a replica: it takes no writes\n      urn:pulumi:titan::",
    );
    expect(text).to.contain("Clients of titan: reads full, writes read-only");
    expect(text).to.contain("signing in: fails; sessions last");
    expect(text).to.contain("Type:\n  cut aachen off for good");
  });

  it("lists what is not known", () => {
    const blind = changed((d) => void (d.postgres[1]!.replica = unknown("not declared")));
    expect(explain(analyse(blind, parseFault("site:aachen", blind)))).to.match(
      /Not known:\n {2}whether pg-titan is a replica: not declared/,
    );
  });

  it("has no gaps for any fault", () => {
    for (const fault of catalogue(system)) {
      const text = explain(analyse(system, fault));
      expect(text, fault.expression).to.not.match(/undefined|NaN|null|Infinity|\[object/);
    }
  });
});

describe("constants", () => {
  it("have a source that names a version or a document, and a value above zero", () => {
    for (const [name, { value, source }] of Object.entries(constants)) {
      expect(value, name).to.be.greaterThan(0);
      expect(source, name).to.match(/\d|specification|white paper/);
    }
  });
});
