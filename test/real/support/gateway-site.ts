import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../../lab/binaries/command.ts";
import { exportsOf, tunnelAddress } from "../../../components/names.ts";
import { haproxyConfig, wireguardConfig } from "../../../components/overlay-config.ts";
import { wireguardPublicKey } from "../../../components/overlay-keys.ts";
import {
  CONFIG_DIRECTORY,
  forwardCommand,
  KEY_DIRECTORY,
  KEY_FILE,
  WIREGUARD_SCRIPT,
} from "../../../components/overlay-scripts.ts";
import { ports } from "../../../components/ports.ts";
import { masterSlave } from "../../../topologies/master-slave.ts";
import { must, scratchFolder } from "./machine.ts";
import type { Daemon, Daemons } from "./processes.ts";

export const topology = masterSlave;

/** A gateway's place: its line's address, and its private key (of the tests only). */
export interface Place {
  readonly site: string;
  readonly address: string;
  readonly privateKey: string;
}

/** Answers every question for a Service of the site with 127.0.0.1, and any other with "no such name". */
const NAME_SERVER = `
const site = process.argv[1];
const socket = require("node:dgram").createSocket("udp4");
socket.on("message", (question, from) => {
  let end = 12;
  const labels = [];
  while (question[end]) { labels.push(question.toString("latin1", end + 1, end + 1 + question[end])); end += question[end] + 1; }
  const known = labels[0].startsWith("pg-" + site);
  const head = Buffer.from([question[0], question[1], 0x85, known ? 0x80 : 0x83, 0, 1, 0, known ? 1 : 0, 0, 0, 0, 0]);
  const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, 127, 0, 0, 1]);
  socket.send(Buffer.concat([head, question.subarray(12, end + 5), ...(known ? [answer] : [])]), from.port, from.address);
});
socket.bind(53, "127.0.0.1");`;

const ECHO = `require("node:net").createServer((socket) => socket.on("error", () => {}).pipe(socket)).listen(5432, "127.0.0.1");`;

/** Sends a word; says "echo" when it comes back, "closed" when the connection ends. */
const CLIENT = `
const [host, port] = process.argv.slice(1);
const socket = require("node:net").connect({ host, port: Number(port) });
socket.on("connect", () => socket.write("word"));
socket.on("data", (data) => console.log(String(data) === "word" ? "echo" : "noise"));
socket.on("error", () => {});
socket.on("close", () => { console.log("closed"); process.exit(); });`;

/** The two containers of a site's gateway pod in a network of their own, with a stand-in for PostgreSQL and DNS. */
export class GatewaySite {
  readonly #place: Place;
  readonly #daemons: Daemons;
  readonly #etc = scratchFolder("gateway");
  #wireguard: Daemon | undefined;

  constructor(place: Place, peer: Place, daemons: Daemons) {
    this.#place = place;
    this.#daemons = daemons;
    const { site } = place;
    const { port } = topology.overlay;
    const publicKey = wireguardPublicKey(peer.privateKey);
    const peers = [{ site: peer.site, overlayEndpoint: `${peer.address}:${port}`, wireguardPublicKey: publicKey }];
    this.#write(join(CONFIG_DIRECTORY, "wg0.conf"), wireguardConfig({ topology, site, peers }));
    this.#write(join(CONFIG_DIRECTORY, "haproxy.cfg"), haproxyConfig({ topology, site }));
    this.#write(join(CONFIG_DIRECTORY, "wireguard.sh"), WIREGUARD_SCRIPT);
    this.#write(join(KEY_DIRECTORY, KEY_FILE), place.privateKey);
    this.#write("/etc/resolv.conf", "nameserver 127.0.0.1\n");
  }

  start(): void {
    const { site } = this.#place;
    this.#daemons.start(`dns-${site}`, ...this.#inside([process.execPath, "-e", NAME_SERVER, site]));
    this.#daemons.start(`postgres-${site}`, ...this.#inside([process.execPath, "-e", ECHO]));
    this.#daemons.start(`forward-${site}`, ...this.#inside(forwardCommand(tunnelAddress(topology, site))));
    this.startTunnel();
  }

  startTunnel(): void {
    const { site } = this.#place;
    const command = this.#inside(["sh", join(CONFIG_DIRECTORY, "wireguard.sh")]);
    this.#wireguard = this.#daemons.start(`wireguard-${site}`, ...command);
  }

  /** As when the container is killed: nothing is tidied up. A tunnel of the kernel stays, one in user space goes too. */
  async killTunnel(kind: "kernel" | "user space"): Promise<void> {
    await this.#wireguard?.stop("SIGKILL");
    if (kind === "user space") await must("ip", "-n", this.#place.site, "link", "delete", "dev", "wg0");
  }

  /** Connects from this site to a service of another one, through the gateway. */
  connect(service: string, of: string): Daemon {
    const exported = exportsOf(topology, of).find((one) => one.service === service)!;
    return this.dial(this.#place.address, exported.tunnelPort);
  }

  dial(host: string, port: number): Daemon {
    const command = this.#inside([process.execPath, "-e", CLIENT, host, String(port)]);
    return this.#daemons.start(`client-${this.#place.site}`, ...command);
  }

  async answers(host: string, path: string): Promise<string> {
    const ask = `fetch("http://${host}:${ports.gateway.metrics}${path}").then((a) => a.text()).then(console.log)`;
    const [program, args] = this.#inside([process.execPath, "-e", ask]);
    const { code, stdout } = await run(program, args);
    return code === 0 ? stdout : "nothing";
  }

  /** A command as a container of the pod would run it: in its network, with its files and an empty /run. */
  #inside(command: readonly string[]): [program: string, args: readonly string[]] {
    const mounts = `mount -t overlay overlay -o lowerdir=${this.#etc}:/etc /etc && mount -t tmpfs tmpfs /run && exec "$@"`;
    return [
      "nsenter",
      [`--net=/run/netns/${this.#place.site}`, "unshare", "--mount", "sh", "-c", mounts, "sh", ...command],
    ];
  }

  #write(path: string, text: string): void {
    const file = join(this.#etc, path.replace(/^\/etc\//, ""));
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, text);
  }
}

/** Joins two networks by a line. */
export async function layLine(one: Place, other: Place): Promise<void> {
  for (const { site } of [one, other]) {
    await must("ip", "netns", "add", site);
    await must("ip", "-n", site, "link", "set", "lo", "up");
  }
  await must(
    "ip",
    "link",
    "add",
    "line",
    "netns",
    one.site,
    "type",
    "veth",
    "peer",
    "name",
    "line",
    "netns",
    other.site,
  );
  for (const { site, address } of [one, other]) {
    await must("ip", "-n", site, "address", "add", `${address}/24`, "dev", "line");
    await must("ip", "-n", site, "link", "set", "line", "up");
  }
}

export const setLine = (place: Place, state: "up" | "down"): Promise<string> =>
  must("ip", "-n", place.site, "link", "set", "line", state);
