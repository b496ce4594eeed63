import { X509Certificate } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { drillAuthorityName, ensureDrillAuthority, openDrillAuthority } from "../../../../lab/site/drill-authority.ts";

const DAY_MS = 86_400_000;

describe("the authority of drills", () => {
  const cache = process.env["HOLDFAST_CACHE"];
  let folder: string | undefined;

  before(function () {
    // Elsewhere `openssl` may be another program.
    if (process.platform !== "linux") this.skip();
    folder = mkdtempSync(join(tmpdir(), "holdfast-authority-"));
    process.env["HOLDFAST_CACHE"] = join(folder, "cache");
  });

  after(() => {
    if (cache === undefined) delete process.env["HOLDFAST_CACHE"];
    else process.env["HOLDFAST_CACHE"] = cache;
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  const room = (name: string): string => {
    const path = join(folder!, name);
    mkdirSync(path, { mode: 0o700 });
    return path;
  };

  it("is one for every run, lives as long as what it issues last, and keeps its key to itself", async () => {
    const kept = await ensureDrillAuthority("openssl");
    expect(await ensureDrillAuthority("openssl")).to.equal(kept);
    expect(statSync(kept).mode & 0o077).to.equal(0);
    expect(statSync(join(kept, "ca.key")).mode & 0o077).to.equal(0);
    const [one, other] = [
      await openDrillAuthority("openssl", room("one")),
      await openDrillAuthority("openssl", room("other")),
    ];
    expect(other.own).to.deep.equal(one.own);
    expect(statSync(join(folder!, "one", "ca.key")).mode & 0o077).to.equal(0);
    const own = new X509Certificate(one.own.certificate);
    expect(own.ca).to.equal(true);
    expect(own.validToDate.getTime() - Date.now()).to.be.within(89 * DAY_MS, 90 * DAY_MS);
    const host = "s3.aachen.example.org";
    const issued = new X509Certificate(
      (await other.issue("store", { commonName: host, alternatives: [`DNS:${host}`] })).certificate,
    );
    expect(issued.verify(own.publicKey)).to.equal(true);
    expect(issued.checkHost(host)).to.equal(host);
  });

  it("is followed by another one in time, and the one before the last goes", async () => {
    const now = Date.now();
    const names = [0, 60, 120].map((days) => drillAuthorityName(now + days * DAY_MS));
    expect(new Set(names).size).to.equal(3);
    for (const days of [60, 120]) await ensureDrillAuthority("openssl", now + days * DAY_MS);
    expect(readdirSync(process.env["HOLDFAST_CACHE"]!)).to.have.members(names.slice(1));
  });
});
