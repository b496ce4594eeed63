import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backupScripts } from "../../components/backup-scripts.ts";

const SNAPSHOTS = join(__dirname, "snapshots", "backup-scripts");
const scripts = backupScripts();

/** What takes away from a store, in the words of restic, rclone, PBM, Barman and S3. */
const DESTROYS =
  /\b(delete|deletefile|prune|forget|sync|move|purge|cleanup|unlock|rewrite|backup-delete|delete-backup|delete-pitr)\b/;

describe("the backups' scripts", () => {
  it("are those that were reviewed (test/components/snapshots/backup-scripts)", () => {
    expect(Object.keys(scripts).toSorted()).to.deep.equal(readdirSync(SNAPSHOTS).toSorted());
    for (const [name, text] of Object.entries(scripts)) {
      expect(text, name).to.equal(readFileSync(join(SNAPSHOTS, name), "utf8"));
    }
  });

  for (const [name, text] of Object.entries(scripts)) {
    it(`${name} is read by the shell, stops at the first error, and destroys nothing`, () => {
      const { status, stderr } = spawnSync("sh", ["-n"], { input: text, encoding: "utf8" });
      expect(status, stderr).to.equal(0);
      if (name !== "common.sh") expect(text).to.match(/^set -eu$/m);
      expect(DESTROYS.exec(text)?.[0]).to.equal(undefined);
    });
  }

  it("would be caught if one did", () => {
    for (const line of [
      "restic forget --prune",
      "rclone sync a b",
      "pbm delete-backup x",
      "barman-cloud-backup-delete",
    ]) {
      expect(line).to.match(DESTROYS);
    }
    expect("pbm config --force-resync --wait").to.not.match(DESTROYS);
  });
});

describe("a restore test's look at the newest backup's age", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "holdfast-backup-"));
    writeFileSync(join(folder, "common.sh"), scripts["common.sh"]!);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const look = (began: string) =>
    spawnSync("sh", ["-euc", `. ${folder}/common.sh; require_fresh "$1"`, "sh", began], {
      encoding: "utf8",
      env: { PATH: process.env["PATH"], SUBJECT: "mongo", MAX_AGE: "93600", BACKUP_BUCKET: "b", BACKUP_PREFIX: "p" },
    });
  const ago = (seconds: number): string =>
    new Date(Date.now() - seconds * 1000).toISOString().slice(0, 19).replace("T", " ");

  it("lets 25 hours pass", () => {
    const { status, stdout } = look(ago(25 * 3600));
    expect(status).to.equal(0);
    expect(stdout).to.match(/^the newest backup of mongo began .* UTC, 9\d{4} s ago\n$/);
  });

  it("fails loudly after 27 hours, without a backup, and for what is no time", () => {
    expect(look(ago(27 * 3600))).to.deep.include({ status: 1 });
    expect(look(ago(27 * 3600)).stderr).to.contain("FAILED: the newest backup of mongo began");
    expect(look("").stderr).to.equal("FAILED: there is no backup of mongo in b/p\n");
    expect(look("yesterdayish").status).to.not.equal(0);
  });

  it("gives up a command that never succeeds, and goes on after one that does", () => {
    const run = (line: string) =>
      spawnSync("sh", ["-euc", `. ${folder}/common.sh; sleep() { :; }; ${line}`], { encoding: "utf8" });
    expect(run("retry false").stderr).to.equal("FAILED: gave up after 10 attempts: false\n");
    expect(run("n=0; third() { n=$((n + 1)); [ $n -eq 3 ]; }; retry third; echo $n").stdout).to.equal("3\n");
  });
});

describe("the backup of uploads", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "holdfast-backup-"));
    // Answers as restic 0.19 does: it refuses a folder without files.
    const restic = `#!/bin/sh
      case $1 in
        snapshots) printf '%s' "$SNAPSHOTS" ;;
        backup) [ -n "$(ls -A)" ] || { echo "Fatal: unable to save snapshot: snapshot is empty" >&2; exit 1; }; echo saved ;;
      esac`;
    writeFileSync(join(folder, "restic"), restic, { mode: 0o755 });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const backUp = (files: readonly string[], snapshots: string) => {
    const uploads = mkdtempSync(join(folder, "uploads-"));
    for (const file of files) writeFileSync(join(uploads, file), "");
    const names = { SUBJECT: "core-media", BACKUP_ENDPOINT: "e", BACKUP_BUCKET: "b", BACKUP_PREFIX: "p" };
    return spawnSync("sh", [], {
      input: scripts["backup-uploads.sh"]!,
      encoding: "utf8",
      env: { PATH: `${folder}:${process.env["PATH"]}`, UPLOADS: uploads, SNAPSHOTS: snapshots, ...names },
    });
  };
  const earlier = '[{"time":"2026-01-02T03:04:05Z","tree":"0"}]';

  it("saves what is there, hidden files too", () => {
    for (const file of ["one", ".one"]) expect(backUp([file], "[]").stdout).to.equal("saved\n");
  });

  it("has nothing to do before the first upload, and fails where all that was saved before is gone", () => {
    expect(backUp([], "[]")).to.deep.include({ status: 0, stdout: "nothing was uploaded for core-media yet\n" });
    expect(backUp([], earlier)).to.deep.include({ status: 1 });
    expect(backUp([], earlier).stderr).to.include("snapshot is empty");
  });
});
