import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureTools } from "../binaries/ensure.ts";
import { addressNumber, addressText, rangeAround } from "./addresses.ts";
import { Balancer } from "./balancer.ts";
import type { LedPort } from "./balancer.ts";
import { Line, directionsBetween } from "./line.ts";
import { Machine } from "./machine.ts";
import type { MachineSpec, MachineTools } from "./machine.ts";
import { WORLD, planSegments } from "./plan.ts";
import type { Segment, SiteNet } from "./plan.ts";
import type { MachineProcess } from "./process.ts";
import { resolverConfig } from "./resolver.ts";
import type { PublicDns } from "./resolver.ts";
import type { Run } from "./run.ts";

export type { SiteNet } from "./plan.ts";

/** The hardware address of an IPv4 address: fixed, so that nobody has to ask for it and be told that nobody answers. */
export const hardwareAddress = (address: string): string =>
  ["02", "00", ...address.split(".").map((part) => Number(part).toString(16).padStart(2, "0"))].join(":");

/** Settings of a machine that passes packets on. */
const routing = [
  "net.ipv4.ip_forward=1",
  // Packets that went through the line come back on another interface than their sender is behind.
  "net.ipv4.conf.all.rp_filter=0",
  "net.ipv4.conf.default.rp_filter=0",
  "net.ipv4.conf.all.send_redirects=0",
  "net.ipv4.conf.default.send_redirects=0",
];

/** Writes settings of the kernel in a machine's network, by the folder that they are files in. */
export async function setKernel(machine: Machine, settings: readonly string[]): Promise<void> {
  const script = settings.map((setting) => {
    const [name = "", value = ""] = setting.split("=");
    return `echo ${value} > /proc/sys/${name.replaceAll(".", "/")}`;
  });
  await machine.must(["sh", "-euc", script.join("\n")]);
}

const RESOLVER_ANSWERS_WITHIN_MS = 10_000;
/** Where rules that lead into the line begin: before a balancer's, for what comes over the line comes back from it. */
const LINE_RULES = 1000;

/**
 * The sites' networks, joined by a router: what goes from one site to another passes the line; what goes to and from
 * the outside world does not. The machine `world` is the outside world, with clients and the resolver that everybody
 * asks; each site has a machine for clients who sit there.
 */
export class Network {
  readonly line: Line;
  readonly world: Machine;
  /** The address of the resolver. */
  readonly resolver = WORLD.address;
  readonly #run: Run;
  readonly #tools: MachineTools;
  readonly #router: Machine;
  readonly #segments: readonly Segment[];
  readonly #sites: readonly SiteNet[];
  readonly #clients: ReadonlyMap<string, Machine>;
  readonly #unbound: { readonly program: string; readonly config: string };
  readonly #balancers = new Map<string, Balancer>();

  private constructor(parts: {
    run: Run;
    tools: MachineTools;
    router: Machine;
    world: Machine;
    line: Line;
    segments: readonly Segment[];
    sites: readonly SiteNet[];
    clients: ReadonlyMap<string, Machine>;
    unbound: { readonly program: string; readonly config: string };
  }) {
    this.line = parts.line;
    this.world = parts.world;
    this.#run = parts.run;
    this.#tools = parts.tools;
    this.#router = parts.router;
    this.#segments = parts.segments;
    this.#sites = parts.sites;
    this.#clients = parts.clients;
    this.#unbound = parts.unbound;
  }

  /** Lays the network of these sites. The run ends it. */
  static async lay(run: Run, sites: readonly SiteNet[], dns: PublicDns): Promise<Network> {
    const segments = planSegments(sites);
    // What only a drill needs is looked for too, so that nobody waits for two clusters to be told that it is missing.
    const found = await ensureTools(["machine", "machine-parts", "network", "resolver", "load"]);
    const program = (tool: keyof typeof found, name: string): string => found[tool][name] ?? name;
    const tools: MachineTools = {
      chrt: program("machine-parts", "chrt"),
      init: program("machine", "init"),
      setpriv: program("machine-parts", "setpriv"),
      nsenter: program("network", "nsenter"),
      unshare: program("network", "unshare"),
    };
    const router = new Machine(run, tools, { name: "router", goesFirst: true });
    await router.boot();
    await setKernel(router, [
      ...routing,
      "net.bridge.bridge-nf-call-iptables=0",
      "net.ipv4.fib_multipath_hash_policy=1",
    ]);
    const directions = directionsBetween(segments.map(({ name }) => name));
    const line = await Line.lay(
      router,
      { line: program("machine", "line"), tc: program("machine-parts", "tc") },
      directions,
    );
    const bridges = [...segments, WORLD];
    await router.ip(bridges.flatMap(bridge));
    const rules = directions.flatMap(({ from, to, device }, index) => {
      const [source, target] = [from, to].map((name) => segments.find((segment) => segment.name === name));
      return [
        `rule add pref ${LINE_RULES + index} iif ${source?.device} to ${target?.range} lookup ${100 + index}`,
        `route add default dev ${device} table ${100 + index}`,
      ];
    });
    await router.ip(rules);
    const config = join(run.room("world"), "unbound.conf");
    writeFileSync(config, resolverConfig(WORLD.address, run.room("world"), dns));
    const machine = (name: string): Machine =>
      new Machine(run, tools, { name, etc: { "resolv.conf": `nameserver ${WORLD.address}\n` }, goesFirst: true });
    const clients = new Map(segments.map(({ name }) => [name, machine(`clients-${name}`)]));
    const unbound = { program: program("resolver", "unbound"), config };
    const world = machine("world");
    const network = new Network({ run, tools, router, world, line, segments, sites, clients, unbound });
    await world.boot();
    await network.#plug(world, WORLD, WORLD.address);
    for (const segment of segments) {
      const machine = network.clients(segment.name);
      await machine.boot();
      await network.#plug(machine, segment, segment.clients);
    }
    await network.restartResolver();
    return network;
  }

  /** The machine with a site's clients: on its network, but none of its servers. */
  clients(site: string): Machine {
    const found = this.#clients.get(site);
    if (found === undefined) throw new Error(`the network has no site ${site}`);
    return found;
  }

  /** A machine that is not yet switched on. */
  machine(spec: MachineSpec): Machine {
    return new Machine(this.#run, this.#tools, spec);
  }

  /** Connects a machine that has just been switched on to a site's network. */
  async plug(machine: Machine, site: string, address: string): Promise<void> {
    const segment = this.#segment(site);
    if (addressText(rangeAround(address, 24).first) !== segment.range.split("/")[0])
      throw new Error(`${machine.name}: ${address} is not in ${segment.range}, the network of ${site}`);
    await setKernel(machine, routing);
    await this.#plug(machine, segment, address);
  }

  /** Leads a site's public address to these machines, as its load balancer does; to a machine's own it leads anyway. */
  async leadTo(site: string, addresses: readonly string[]): Promise<void> {
    const { device } = this.#segment(site);
    const publicAddress = this.#sites.find(({ name }) => name === site)?.publicAddress ?? "";
    const others = addresses.filter((address) => address !== publicAddress);
    const to = `${publicAddress}/32`;
    const hops = others.flatMap((address) => ["nexthop", "via", address, "dev", device]);
    if (hops.length > 0) {
      await this.#router.ip([`route replace ${to} ${hops.join(" ")}`]);
      // No machine of the site's network has the address: clients there ask the router too.
      await this.clients(site).ip([`route replace ${to} via ${this.#segment(site).gateway}`]);
    }
    // Not "unreachable": a provider's network does not tell clients that nobody is behind an address.
    else if (addresses.length === 0) await this.#router.ip([`route replace blackhole ${to}`]);
    // The machine itself has the address: it is found without a route of its own, if there ever was one.
    else await this.#router.enter(["ip", "route", "delete", to]);
  }

  /** Leads single ports of a site's public address elsewhere than the address as a whole; those not named any more, as it. */
  async leadPorts(site: string, ports: readonly LedPort[]): Promise<void> {
    const index = this.#segments.findIndex(({ name }) => name === site);
    const { device } = this.#segment(site);
    const address = this.#sites.find(({ name }) => name === site)?.publicAddress ?? "";
    const balancer = this.#balancers.get(site) ?? new Balancer({ index, device, address });
    this.#balancers.set(site, balancer);
    const lines = balancer.lead(ports);
    if (lines.length > 0) await this.#router.ip(lines);
  }

  /** Starts the resolver, with nothing in its cache. */
  async restartResolver(): Promise<MachineProcess> {
    await this.#killResolver();
    const { program, config } = this.#unbound;
    const unbound = await this.world.start("unbound", [program, "-d", "-c", config]);
    const listens = async (): Promise<boolean> => {
      const { stdout } = await this.world.enter(["ss", "-Hlnu", "sport", "=", "53"]);
      return stdout.includes(this.resolver);
    };
    await unbound.ready(listens, RESOLVER_ANSWERS_WITHIN_MS);
    return unbound;
  }

  async #killResolver(): Promise<void> {
    try {
      await this.world.process("unbound").kill();
    } catch {
      // It was never started.
    }
  }

  /** Ends the machines that the network consists of. */
  async stop(): Promise<void> {
    await Promise.all([this.world, ...this.#clients.values()].map((machine) => machine.kill()));
    await this.#router.kill();
  }

  #segment(site: string): Segment {
    const found = this.#segments.find(({ name }) => name === site);
    if (found === undefined) throw new Error(`the network has no site ${site}`);
    return found;
  }

  async #plug(machine: Machine, segment: Omit<Segment, "name" | "clients">, address: string): Promise<void> {
    const { device, gateway } = segment;
    const port = `p${addressNumber(address).toString(16)}`;
    const mine = hardwareAddress(address);
    // The kernel takes a dead machine's cable away some time later.
    await this.#router.enter(["ip", "link", "delete", port]);
    await this.#router.ip([
      `link add ${port} master ${device} type veth peer name eth0 address ${mine} netns ${machine.pid}`,
      `link set ${port} up`,
      // A dead machine's address is silent; without this the router would tell senders that nobody is there.
      `neighbour replace ${address} lladdr ${mine} dev ${device} nud permanent`,
    ]);
    await machine.ip([`address add ${address}/24 dev eth0`, "link set eth0 up", `route add default via ${gateway}`]);
  }
}

function bridge({ device, gateway }: Omit<Segment, "name" | "range" | "clients">): readonly string[] {
  return [
    `link add ${device} address ${hardwareAddress(gateway)} type bridge`,
    `address add ${gateway}/24 dev ${device}`,
    `link set ${device} up`,
  ];
}
