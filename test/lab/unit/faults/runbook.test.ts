import { expect } from "chai";
import { parse } from "yaml";
import { pointInTimeCommands } from "../../../../lab/faults/d06-corruption.ts";
import { blockWith, chapter, restoreRunbook, swap } from "../../../../lab/faults/runbook.ts";

const MOMENT = "2026-11-21 10:11:12+00";

describe("the runbook that drills type", () => {
  it("says how a table is brought back to a point in time", () => {
    const { restore, bring } = pointInTimeCommands(restoreRunbook(), MOMENT, "events_writes");
    const [, manifest = ""] = /<<'YAML'\n([\s\S]*?)^YAML$/m.exec(restore) ?? [];
    expect(parse(manifest)).to.have.nested.property("metadata.name", "pg-restore");
    expect(parse(manifest))
      .to.have.nested.property("spec.bootstrap.recovery")
      .that.deep.equals({
        source: "archive",
        recoveryTarget: { targetTime: MOMENT },
      });
    expect(bring).to.contain("pg_dump -U postgres -Fc -t events_writes platform").and.not.contain("<table>");
    expect(bring).to.contain("pg_restore");
  });

  it("is not typed where it says something else", () => {
    const changed = restoreRunbook().replace("bootstrap:\n    recovery:\n      source: archive", "bootstrap: {}");
    expect(() => pointInTimeCommands(changed, MOMENT, "t")).to.throw("stands 0 times");
    expect(() => pointInTimeCommands("## Other\n", MOMENT, "t")).to.throw("no chapter");
  });

  it("is read chapter by chapter and block by block", () => {
    const text = "# Title\n\n## One\n\n```sh\na\n```\n\n## Two\n\n```sh\nb\nc\n```\n\n```yaml\nb: 1\n```\n";
    expect(blockWith(chapter(text, "One"), "a")).to.equal("a\n");
    expect(blockWith(chapter(text, "Two"), "c")).to.equal("b\nc\n");
    expect(() => blockWith(chapter(text, "Two"), "b")).to.throw("2 blocks");
    expect(() => blockWith(chapter(text, "One"), "b")).to.throw("0 blocks");
    expect(() => swap("aa", "a", "b")).to.throw("2 times");
    expect(swap("price", "price", "$&1")).to.equal("$&1");
  });
});
