import { expect } from "chai";
import { parse } from "yaml";
import { singleFilesCommands, snapshotIn, unlike } from "../../../../lab/faults/d06-files.ts";
import { restoreRunbook } from "../../../../lab/faults/runbook.ts";

const HEREDOC = /<<YAML\n([\s\S]*?)^YAML$/m;
interface Job {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly args: unknown }[] } };
  };
}

describe("single files by the runbook", () => {
  it("come back from the named snapshot alone, while the service runs", () => {
    const commands = singleFilesCommands(restoreRunbook(), "0a1b2c3d", ["one.jpg", "two.jpg"]);
    const job = parse(HEREDOC.exec(commands)?.[1] ?? "") as Job;
    const args = "restore 0a1b2c3d --no-lock --target /uploads --verify --include /one.jpg --include /two.jpg";
    expect(job.spec.template.spec.containers[0]?.args).to.deep.equal(args.split(" "));
    expect(commands).to.contain("CLAIM=core-media").and.not.contain("scale deployment");
    expect(commands).to.contain("--for=condition=Complete");
  });

  it("are not typed where the runbook no longer says how", () => {
    const changed = restoreRunbook().replace("args: [restore, SNAPSHOT,", "args: [restore, latest,");
    expect(() => singleFilesCommands(changed, "0a1b2c3d", ["one.jpg"])).to.throw("stands 0 times");
    const without = restoreRunbook().replace("args: [restore, SNAPSHOT,", "arguments: [restore, SNAPSHOT,");
    expect(() => singleFilesCommands(without, "0a1b2c3d", ["one.jpg"])).to.throw("single files");
  });

  it("are of the snapshot that the backup's log tells", () => {
    expect(snapshotIn("processed 10 files, 2 KiB in 0:00\nsnapshot 40dc1520 saved\n")).to.equal("40dc1520");
    expect(() => snapshotIn("nothing to save yet\n")).to.throw("no snapshot");
  });

  it("are held against what they were: a missing one, and one with other bytes", () => {
    const files = ["a", "b", "c"].map((name) => ({ name, sha256: `${name}${name}` }));
    const there = [
      { name: "a", sha256: "aa" },
      { name: "b", sha256: "xx" },
      { name: "d", sha256: "dd" },
    ];
    expect(unlike(files, there)).to.deep.equal(["b", "c"]);
    expect(unlike(files, files)).to.deep.equal([]);
  });
});
