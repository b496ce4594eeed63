import { addressIn, addressNumber, overlap, parseRange, rangeAround, rangeText } from "./addresses.ts";
import type { Range } from "./addresses.ts";

/** A site's part of the network. */
export interface SiteNet {
  readonly name: string;
  /** The address that the plan gives the site, and that the world finds it at. */
  readonly publicAddress: string;
  readonly podRange: string;
  readonly serviceRange: string;
}

/** Where the machines of a site are, in the /24 around its public address. */
export interface Segment {
  readonly name: string;
  /** The router's interface to it; its name in the router's namespace. */
  readonly device: string;
  readonly range: string;
  /** The router's address in it. */
  readonly gateway: string;
  /** The address of the machine with the site's clients. */
  readonly clients: string;
}

/** Addresses of the outside world: a range set aside for tests of networks (RFC 2544). */
export const WORLD = {
  device: "world",
  range: "198.18.0.0/24",
  gateway: "198.18.0.1",
  address: "198.18.0.53",
} as const;

const SEGMENT_BITS = 24;
/** Interfaces are numbered with one digit. */
const MOST_SITES = 9;

/** The segments of the sites, in their order. @throws naming everything that collides. */
export function planSegments(sites: readonly SiteNet[]): readonly Segment[] {
  const ranges: (readonly [string, Range])[] = [["the world", parseRange(WORLD.range)]];
  const wrong: string[] = sites.length > MOST_SITES ? [`${sites.length} sites: at most ${MOST_SITES}`] : [];
  for (const { name, publicAddress, podRange, serviceRange } of sites) {
    // Sites may use the same ranges inside, as separate clusters do: packets leave with a machine's address.
    const own = [
      [name, rangeAround(publicAddress, SEGMENT_BITS)],
      [`pods of ${name}`, parseRange(podRange)],
      [`Services of ${name}`, parseRange(serviceRange)],
    ] as const;
    for (const [what, range] of own) {
      const inside = (label: string): boolean => label.startsWith("pods of") || label.startsWith("Services of");
      const clash = ranges.find(
        ([label, other]) => overlap(range, other) && !(inside(what) && inside(label) && !label.endsWith(` of ${name}`)),
      );
      if (clash !== undefined)
        wrong.push(`${what} (${rangeText(range)}) and ${clash[0]} (${rangeText(clash[1])}) overlap`);
      ranges.push([what, range]);
    }
  }
  if (wrong.length > 0) throw new Error(`the network cannot be laid:\n${wrong.map((one) => `- ${one}`).join("\n")}`);
  return sites.map(({ name, publicAddress }, index) => {
    const range = rangeAround(publicAddress, SEGMENT_BITS);
    const place = addressNumber(publicAddress) - range.first;
    // Nodes count upwards from the public address; the router and the clients stay out of their way.
    const [gateway, clients] = place > 127 ? [1, 2] : [254, 253];
    return {
      name,
      device: `site${index}`,
      range: rangeText(range),
      gateway: addressIn(range, gateway),
      clients: addressIn(range, clients),
    };
  });
}
