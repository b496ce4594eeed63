import { expect } from "chai";
import { createHash } from "node:crypto";
import { checkUploads, readUploads } from "../../../../lab/check/uploads.ts";
import type { UploadEvidence } from "../../../../lab/check/uploads.ts";
import type { Entry } from "../../../../lab/load/history.ts";
import { bodyOf } from "../../../../lab/load/plan.ts";
import { BODY, writes } from "./model.ts";

const upload = (id: string, end: number, status = 201): Entry => ({
  group: { ...writes, operation: "upload" },
  client: 0,
  start: end - 50,
  end,
  lag: 0,
  status,
  id,
});
const file = (name: string, text = bodyOf(name, BODY)) => ({
  name,
  sha256: createHash("sha256").update(text).digest("hex"),
});
const sound: UploadEvidence = {
  service: "core",
  entries: [upload("a", 1000), upload("b", 2000), upload("c", 3000, 503), upload("d", 3500, 502)],
  files: [file("a"), file("b"), file("c")],
  bodyBytes: BODY,
  faultAt: 4000,
  rpo: 0,
};

describe("users' files", () => {
  it("are all there, and those that nobody was told of may be", () => {
    const { losses, problems } = checkUploads(sound);
    expect(problems).to.deep.equal([]);
    expect(losses).to.include({ acknowledged: 2, unacknowledged: 1, worstAge: 0 });
  });

  it("that are lost are held against the promised RPO, unless they were acknowledged after the fault", () => {
    const files = [file("a")];
    expect(checkUploads({ ...sound, files }).problems.join()).to.match(/1 acknowledged writes up to 2 s .* lost.*: b/);
    expect(checkUploads({ ...sound, files, rpo: 2 }).problems).to.deep.equal([]);
    expect(checkUploads({ ...sound, files, rpo: 60, faultAt: 1500 }).problems.join()).to.match(
      /after the fault are lost: b/,
    );
  });

  it("that are damaged, or that nobody sent, are found", () => {
    const { losses } = checkUploads({ ...sound, files: [file("a", "x"), file("b"), file("z")] });
    expect(losses).to.deep.include({ damaged: ["a"], strange: ["z"], lost: [] });
  });

  it("are read from the service", async () => {
    const get = (path: string): Promise<string> =>
      Promise.resolve(path === "/media/core/" ? JSON.stringify([file("a")]) : "");
    expect(await readUploads("core", get)).to.deep.equal([file("a")]);
  });
});
