import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { applyEdits, copyModule } from "../../../../lab/binaries/edits.ts";

describe("edits of a module's source", () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-edits-"));
  after(() => rmSync(folder, { recursive: true }));
  const list = join(folder, "edits.json");
  const edit = (replace: Record<string, string>): void =>
    writeFileSync(list, JSON.stringify([{ file: "a/b.go", why: "a test", replace }]));

  it("replace every place, in a copy that can be written", () => {
    const [module, source] = [join(folder, "module"), join(folder, "source")];
    mkdirSync(join(module, "a"), { recursive: true });
    writeFileSync(join(module, "a/b.go"), "x := old + old", { mode: 0o444 });
    copyModule(module, source);
    edit({ old: "new" });
    applyEdits("tool", source, list);
    expect(readFileSync(join(source, "a/b.go"), "utf8")).to.equal("x := new + new");
    expect(readFileSync(join(module, "a/b.go"), "utf8")).to.equal("x := old + old");
  });

  it("are refused where there is nothing to replace", () => {
    edit({ gone: "new" });
    expect(() => applyEdits("tool", join(folder, "source"), list)).to.throw('tool: a/b.go has no "gone"');
  });
});
