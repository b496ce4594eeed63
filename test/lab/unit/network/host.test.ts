import { expect } from "chai";
import { checkHost, missingFrom, neededControllers } from "../../../../lab/network/host.ts";
import type { HostFacts } from "../../../../lab/network/host.ts";

const good: HostFacts = {
  isRoot: true,
  platform: "linux",
  freeMemory: 20 * 2 ** 30,
  devices: ["/dev/net/tun", "/dev/loop-control", "/dev/kmsg"],
  controllers: neededControllers,
  unifiedOnly: false,
  fileSystems: ["nodev", "overlay", "ext4"],
  filtersBridges: true,
  schedulesRealTime: true,
  cache: "/home/somebody/.cache/holdfast",
};

describe("what the lab needs of a machine", () => {
  it("is nothing more on a good one", () => {
    expect(missingFrom(good)).to.deep.equal([]);
    checkHost(good);
  });

  it("is told all at once, each with its fix", () => {
    const bad: HostFacts = {
      ...good,
      isRoot: false,
      freeMemory: 2 ** 30,
      devices: ["/dev/kmsg"],
      controllers: neededControllers.filter((name) => name !== "pids"),
      fileSystems: ["ext4"],
      filtersBridges: false,
      schedulesRealTime: false,
      cache: "/var/lib/somebody",
    };
    const missing = missingFrom(bad);
    const words = [
      "root",
      "memory: 1.0 GiB",
      "/dev/net/tun",
      "/dev/loop-control",
      "pids",
      "overlay",
      "br_netfilter",
      "real-time",
    ];
    for (const word of [...words, "HOLDFAST_CACHE"])
      expect(
        missing.filter((line) => line.includes(word)),
        word,
      ).to.have.length(1);
    expect(missing).to.have.length(words.length + 1);
    for (const line of missing) expect(line).to.match(/\n {2}fix: ./);
    expect(() => checkHost(bad)).to.throw("this machine cannot carry the lab");
  });

  it("is Linux before all, with control groups of version 1", () => {
    expect(missingFrom({ ...good, platform: "darwin", isRoot: false })).to.have.length(1);
    const [only, ...others] = missingFrom({ ...good, unifiedOnly: true, controllers: [] });
    expect(only).to.include("version 1");
    expect(others).to.deep.equal([]);
  });
});
