import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { expect } from "chai";
import { bootScript } from "../../../../lab/network/boot.ts";
import { childrenOf, isAlive, markOf, signal } from "../../../../lab/network/mark.ts";
import { hardwareAddress } from "../../../../lab/network/network.ts";
import { resolverConfig } from "../../../../lab/network/resolver.ts";

describe("a machine of the lab", () => {
  it("is made by a script that a shell understands, whatever the folders are called", () => {
    const parts = {
      name: "it's one",
      disks: [{ image: "/a b/disk.img", folder: "/mnt/data" }],
      folders: [{ source: "/mnt/data/.system/var/lib", target: "/var/lib" }],
      shownSettings: { "kernel/panic": "10" },
    };
    const script = bootScript(parts, "/run's/etc", "/tools/init");
    expect(spawnSync("sh", ["-n"], { input: script }).status).to.equal(0);
    const lines = script.split("\n");
    expect(lines).to.include("mount -o loop,barrier=0 '/a b/disk.img' '/mnt/data'");
    // What lies on a disk comes after it.
    const at = (part: string): number => lines.findIndex((line) => line.includes(part));
    expect(at("mount --bind '/mnt/data/.system/var/lib'")).to.be.greaterThan(at("mount -o loop"));
    expect(lines).to.include("mount --bind '/run/setting-0' '/proc/sys/kernel/panic'");
    expect(lines.at(-1)).to.equal("exec '/tools/init'");
  });

  it("has a hardware address that is made of its own address, and is nobody's else", () => {
    expect(hardwareAddress("192.0.2.10")).to.equal("02:00:c0:00:02:0a");
  });

  it("knows its processes by more than their ids", async function () {
    if (process.platform !== "linux") this.skip();
    const child = spawn("sleep", ["60"]);
    const mark = markOf(child.pid!)!;
    expect(isAlive(mark)).to.equal(true);
    expect(childrenOf(process.pid)).to.include(child.pid);
    // Another process that got the same id is let live.
    expect(signal({ ...mark, started: "1" }, "SIGKILL")).to.equal(false);
    expect(isAlive(mark)).to.equal(true);
    expect(signal(mark, "SIGKILL")).to.equal(true);
    await once(child, "exit");
    expect(isAlive(mark)).to.equal(false);
    expect(markOf(mark.pid)).to.equal(undefined);
    expect(signal(mark, "SIGKILL")).to.equal(false);
  });
});

describe("the lab's resolver", () => {
  it("asks the sites for their zones, knows the other names, and lets nothing else exist", () => {
    const dns = {
      delegations: [{ zone: "appserver.test", servers: ["192.0.2.10", "198.51.100.20"] }],
      names: { "s3.aachen.example.org": "192.0.2.10" },
    };
    const lines = resolverConfig("198.18.0.53", "/somewhere", dns).split("\n");
    const zone = lines.slice(lines.indexOf("stub-zone:"), lines.indexOf("remote-control:"));
    expect(zone).to.deep.equal([
      "stub-zone:",
      '  name: "appserver.test."',
      "  stub-addr: 192.0.2.10",
      "  stub-addr: 198.51.100.20",
    ]);
    expect(lines).to.include('  local-zone: "." static');
    expect(lines).to.include('  local-zone: "appserver.test." transparent');
    expect(lines).to.include('  local-data: "s3.aachen.example.org. 60 IN A 192.0.2.10"');
  });
});
