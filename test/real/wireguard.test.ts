import { expect } from "chai";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { wireguardPublicKey } from "../../components/overlay-keys.ts";
import { findProgram, run } from "../../lab/binaries/command.ts";
import { must, scratchFolder } from "./support/machine.ts";
import { pairs, plannedSites, plannedText } from "./support/plan.ts";
import { Daemons } from "./support/processes.ts";

/** What `wg` knows nothing of, and what it would look up in DNS: the planned script sets them by other means. */
const NOT_FOR_WG = /^(Address|MTU|Endpoint) = .*\n/gm;

describe("planned tunnels in the real WireGuard [S1.6]", () => {
  const daemons = new Daemons();
  const folder = scratchFolder("wireguard");

  before(async () => {
    // Where wireguard-go and wg meet; nobody else's devices are to be seen there.
    mkdirSync("/run/wireguard", { recursive: true });
    await must("mount", "-t", "tmpfs", "tmpfs", "/run/wireguard");
  });

  after(() => daemons.stop());

  const tunnelled = plannedSites().filter(({ topology }) => pairs.some(({ name }) => name === topology));

  tunnelled.forEach((site, index) => {
    const device = `wg-${index}`;
    const load = (name: string, text: string): ReturnType<typeof run> => {
      const file = join(folder, `${device}-${name}`);
      writeFileSync(file, text.replace(NOT_FOR_WG, ""), { mode: 0o600 });
      return run(findProgram("wg") ?? "wg", ["setconf", device, file]);
    };

    it(`takes the configuration of ${site.topology}, ${site.site}, and refuses it with a broken key`, async () => {
      const config = plannedText(site, "gateway", "wg0.conf", "overlay");
      const tunnel = daemons.start(device, findProgram("wireguard-go") ?? "wireguard-go", ["-f", device], {
        WG_I_PREFER_BUGGY_USERSPACE_TO_POLISHED_KMOD: "1",
      });
      await tunnel.ready(async () => (await must("wg", "show", device)) !== "");

      const broken = await load("broken", config.replace(/^PublicKey = ./m, "PublicKey = !"));
      expect(broken.code).to.not.equal(0);
      expect(broken.stderr).to.match(/key is not the correct length or format/i);

      const accepted = await load("planned", config);
      expect(accepted.code, accepted.stderr).to.equal(0);
      const peers = [...config.matchAll(/PublicKey = (\S+)\nAllowedIPs = (\S+)/g)].map(
        ([, key, range]) => `${key}\t${range}`,
      );
      expect(peers).to.not.be.empty;
      expect((await must("wg", "show", device, "allowed-ips")).trim().split("\n")).to.have.members(peers);
      const [, port] = /ListenPort = (\d+)/.exec(config) ?? [];
      expect((await must("wg", "show", device, "listen-port")).trim()).to.equal(port);
      // The next site's device listens on the same port.
      await tunnel.stop();
    });
  });

  it("derives the public key that wg derives", async () => {
    const secret = (await must("wg", "genkey")).trim();
    const derived = await run(findProgram("wg") ?? "wg", ["pubkey"], { input: secret });
    expect(wireguardPublicKey(secret)).to.equal(derived.stdout.trim());
  });
});
