import { expect } from "chai";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError } from "../../config/problem.ts";
import { refuseOut, writePlan } from "../../planner/output.ts";

describe("planner/output", () => {
  let base = "";
  beforeEach(() => (base = mkdtempSync(join(tmpdir(), "holdfast-"))));
  afterEach(() => rmSync(base, { recursive: true }));

  it("writes every file, and replaces a former plan without leaving any of its files", () => {
    const out = join(base, "deep", "out");
    writePlan(
      out,
      new Map([
        ["a/manifests/01-x.yaml", "one"],
        ["report.html", "r1"],
      ]),
    );
    writePlan(out, new Map([["report.html", "r2"]]));
    expect(readFileSync(join(out, "report.html"), "utf8")).to.equal("r2");
    expect(existsSync(join(out, "a"))).to.equal(false);
    expect(readdirSync(join(base, "deep"))).to.deep.equal(["out"]);
  });

  it("takes an empty folder, and refuses one that holds anything else, or a file", () => {
    const [empty, foreign, file] = ["empty", "foreign", "file"].map((name) => join(base, name)) as [
      string,
      string,
      string,
    ];
    mkdirSync(empty);
    mkdirSync(foreign);
    writeFileSync(join(foreign, "precious.txt"), "mine");
    writeFileSync(file, "");
    writePlan(empty, new Map([["report.html", "r"]]));
    for (const target of [foreign, file]) {
      expect(() => refuseOut(target)).to.throw(InputError, /--out/);
      expect(() => writePlan(target, new Map([["report.html", "r"]]))).to.throw(InputError);
    }
    expect(readFileSync(join(foreign, "precious.txt"), "utf8")).to.equal("mine");
    expect(readdirSync(base).sort()).to.deep.equal(["empty", "file", "foreign"]);
  });

  it("refuses a place where no folder can be made, at once and leaving nothing there", () => {
    const file = join(base, "file");
    const link = join(base, "link");
    const locked = join(base, "locked");
    writeFileSync(file, "");
    symlinkSync(join(base, "nowhere"), link);
    mkdirSync(locked, { mode: 0o555 });
    const places = [join(file, "out"), join(file, "a", "b"), link, join(link, "out"), join(base, "x".repeat(300))];
    // Mode bits don't hold root, and /proc holds everybody.
    if (process.getuid?.() !== 0) places.push(join(locked, "out"));
    if (existsSync("/proc/self")) places.push("/proc/holdfast", "/proc/holdfast/a/b");
    for (const place of places) {
      expect(() => refuseOut(place), place).to.throw(InputError, /--out/);
      expect(() => writePlan(place, new Map([["report.html", "r"]])), place).to.throw(InputError, /--out/);
    }
    chmodSync(locked, 0o755);
    expect(readdirSync(base).sort()).to.deep.equal(["file", "link", "locked"]);
    refuseOut(join(base, "deep", "er", "out"));
    expect(readdirSync(base).sort()).to.deep.equal(["file", "link", "locked"]);
  });

  it("leaves the former plan as it was when the new one can't be written", () => {
    const out = join(base, "out");
    writePlan(out, new Map([["report.html", "r1"]]));
    const clash = new Map([
      ["a", "a file"],
      ["a/b", "a file below a file"],
    ]);
    expect(() => writePlan(out, clash)).to.throw();
    expect(readFileSync(join(out, "report.html"), "utf8")).to.equal("r1");
    expect(readdirSync(base)).to.deep.equal(["out"]);
  });
});
