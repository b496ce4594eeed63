import { addressNumber } from "./addresses.ts";

/** A port of a public address, and the machines that it leads to; nobody: what is sent there is lost. */
export interface LedPort {
  readonly protocol: "tcp" | "udp";
  readonly port: number;
  readonly addresses: readonly string[];
}

/** Where a balancer stands. */
export interface BalancerPlace {
  /** Number of the site: its rules, tables and hops are its own. */
  readonly index: number;
  /** The router's interface to the site. */
  readonly device: string;
  /** The public address. */
  readonly address: string;
}

const RULES = 20_000;
const TABLES = 1000;
const GROUPS = 100_000;
const BUCKETS = 64;
/**
 * A flow that was silent for so long, in seconds, may be moved to another machine when one comes: Azure's own idle time-out of
 * 4 minutes (Microsoft Learn, Load Balancer TCP idle timeout, 2025).
 */
const IDLE_SECONDS = 240;

/**
 * A load balancer that passes packets on as they are, port by port, by a hash of addresses and ports. Flows keep their machine
 * when another one comes or goes; those of one that goes are moved.
 */
export class Balancer {
  readonly #place: BalancerPlace;
  /** Group of hops by port. */
  readonly #groups = new Map<string, number>();
  readonly #hops = new Set<number>();

  constructor(place: BalancerPlace) {
    this.#place = place;
  }

  /** What the router is told, in lines for `ip -batch`. */
  lead(ports: readonly LedPort[]): readonly string[] {
    const lines: string[] = [];
    const gone = [...this.#groups.keys()].filter((key) => !ports.some((port) => keyOf(port) === key));
    for (const key of gone) {
      const group = this.#groups.get(key) ?? 0;
      lines.push(`rule delete ${this.#rule(key, group)}`, `route flush table ${this.#table(group)}`);
      this.#groups.delete(key);
    }
    for (const port of ports) lines.push(...this.#leadPort(port));
    return lines;
  }

  #leadPort(port: LedPort): readonly string[] {
    const key = keyOf(port);
    const known = this.#groups.get(key);
    const group = known ?? Math.max(0, ...this.#groups.values()) + 1;
    this.#groups.set(key, group);
    const { device, address } = this.#place;
    const route = `route replace ${port.addresses.length === 0 ? "blackhole " : ""}${address}/32`;
    const table = this.#table(group);
    const id = GROUPS * (this.#place.index + 1) + group;
    const fresh = port.addresses.filter((one) => !this.#hops.has(addressNumber(one)));
    for (const one of fresh) this.#hops.add(addressNumber(one));
    const hops = port.addresses.map(addressNumber);
    return [
      ...fresh.map((one) => `nexthop replace id ${addressNumber(one)} via ${one} dev ${device}`),
      ...(hops.length === 0
        ? [`${route} table ${table}`]
        : [
            `nexthop replace id ${id} group ${hops.join("/")} type resilient buckets ${BUCKETS} idle_timer ${IDLE_SECONDS}`,
            `${route} nhid ${id} table ${table}`,
          ]),
      ...(known === undefined ? [`rule add ${this.#rule(key, group)}`] : []),
    ];
  }

  #table(group: number): number {
    return TABLES * (this.#place.index + 1) + group;
  }

  #rule(key: string, group: number): string {
    const [protocol = "", port = ""] = key.split("/");
    const to = `to ${this.#place.address} ipproto ${protocol} dport ${port}`;
    return `pref ${RULES} ${to} lookup ${this.#table(group)}`;
  }
}

const keyOf = ({ protocol, port }: LedPort): string => `${protocol}/${port}`;
