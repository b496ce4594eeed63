import { expect } from "chai";
import fc from "fast-check";
import { exportsOf, tunnelAddress } from "../../components/names.ts";
import { haproxyConfig, remoteServices, wireguardConfig } from "../../components/overlay-config.ts";
import { forwardCommand, WIREGUARD_SCRIPT } from "../../components/overlay-scripts.ts";
import { masterSlave } from "../../topologies/master-slave.ts";
import type { Topology } from "../../topologies/types.ts";
import { absentPeer, peerOf } from "./site-fixture.ts";
import { expectSnapshot } from "./snapshot.ts";

const topology = masterSlave;
const withSites = (names: readonly string[]): Topology => ({
  ...topology,
  sites: names.map((name, index) => ({ name, role: index === 0 ? "primary" : "standby" })),
});
const sections = (text: string, word: string): readonly string[] =>
  text.split("\n").flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : []));
const binds = (text: string): readonly string[] =>
  [...text.matchAll(/^ {4}bind (\S+)/gm)].map(([, address]) => address ?? "");

describe("components/overlay-config", () => {
  for (const [site, peer] of [
    ["aachen", "titan"],
    ["titan", "aachen"],
  ] as const) {
    it(`renders both files of ${site}`, () => {
      expectSnapshot(`gateway-${site}-wg0.conf`, wireguardConfig({ topology, site, peers: [peerOf(peer)] }));
      expectSnapshot(`gateway-${site}-haproxy.cfg`, haproxyConfig({ topology, site }));
    });
  }

  it("renders the scripts", () => {
    expectSnapshot("gateway-wireguard.sh", WIREGUARD_SCRIPT);
    expectSnapshot("gateway-forward.sh", `${forwardCommand("10.255.0.1").at(-1)}\n`);
  });

  it("leaves out a peer whose public key is not known yet, and nothing else", () => {
    const site = "aachen";
    const alone = wireguardConfig({ topology, site, peers: [absentPeer("titan")] });
    expect(alone).to.not.include("[Peer]");
    expect(wireguardConfig({ topology, site, peers: [peerOf("titan")] }).startsWith(alone)).to.equal(true);
  });

  it("waits for a peer that has a key but no address yet", () => {
    const peer = { ...peerOf("titan"), overlayEndpoint: undefined };
    const text = wireguardConfig({ topology, site: "aachen", peers: [peer] });
    expect(text).to.include("[Peer]").and.not.include("Endpoint");
  });

  it("forwards every exported service of every site, in one direction, without a clash", () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{3,8}$/), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(names, fc.nat(), (all, pick) => {
        const several = withSites(all);
        const site = all[pick % all.length]!;
        const text = haproxyConfig({ topology: several, site });
        const own = exportsOf(several, site).map(({ service }) => service);
        const remote = remoteServices(several, site).map(({ service }) => service);
        expect(sections(text, "listen")).to.have.members([...own, ...remote]);
        const ports = binds(text).map((address) => address.split(":").at(-1));
        expect(new Set(ports).size).to.equal(ports.length);
      }),
    );
  });

  it("meets at the same port on both sides of the tunnel", () => {
    const aachen = haproxyConfig({ topology, site: "aachen" });
    const titan = haproxyConfig({ topology, site: "titan" });
    for (const { service, tunnelPort } of exportsOf(topology, "titan")) {
      const meeting = `${tunnelAddress(topology, "titan")}:${tunnelPort}`;
      expect(aachen).to.include(`listen ${service}\n    bind :${tunnelPort}\n`);
      expect(aachen).to.include(`server ${service} ${meeting} track peer-titan/tunnel`);
      expect(titan).to.include(`listen ${service}\n    bind ${meeting} tcp-ut 10s\n`);
    }
  });
});
