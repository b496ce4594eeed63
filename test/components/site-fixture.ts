import { siteContext } from "../../components/context.ts";
import type { Peer, SiteContext } from "../../components/context.ts";
import type { z } from "zod";
import { platformSchema, siteSchema } from "../../config/schema.ts";
import { primaryOf } from "../../topologies/index.ts";
import { masterSlave } from "../../topologies/master-slave.ts";
import type { Topology } from "../../topologies/types.ts";

export type ServiceInput = z.input<typeof platformSchema>["services"][number];

const probe = { path: "/healthz" };

/** One service of each kind that the routes tell apart. */
export const services: ServiceInput[] = [
  { name: "front", image: "example.org/front:1", port: 8080, probe },
  {
    name: "core",
    image: "example.org/core:2",
    path: "/api/core",
    port: 4000,
    stripPath: true,
    store: "postgres",
    environment: { LOG_LEVEL: "info" },
    secrets: { SESSION_KEY: "core-session-key" },
    postIsRead: ["/api/core/search"],
    session: { signInPath: "/api/core/login", lifetime: "24h" },
    volumes: [{ name: "media", mountPath: "/media", size: "5Gi", content: "uploads", urlPath: "/media/core" }],
    requestsPerSecond: 500,
    probe,
  },
  { name: "alastair", image: "example.org/alastair:3", path: "/api/alastair", port: 4001, store: "mongo", probe },
  { name: "events", image: "example.org/events:4", host: "events.example.org", port: 4002, readOnlySafe: false, probe },
];

const facts: Readonly<Record<string, { address: string; servers: number }>> = {
  aachen: { address: "192.0.2.10", servers: 1 },
  titan: { address: "198.51.100.20", servers: 1 },
};

export type RecordInput = NonNullable<z.input<typeof platformSchema>["records"]>[number];

export interface ContextOptions {
  readonly topology?: Topology;
  readonly active?: string;
  readonly services?: ServiceInput[];
  readonly records?: RecordInput[];
  readonly servers?: number;
  readonly publicAddresses?: string[];
}

/** What a component is told at one site. */
export function contextOf(site: string, options: ContextOptions = {}): SiteContext {
  const { topology = masterSlave, servers = facts[site]?.servers ?? 1 } = options;
  return siteContext({
    topology,
    site,
    active: options.active ?? primaryOf(topology),
    platform: platformSchema.parse({
      domain: "example.org",
      contact: "web.master@example.org",
      workload: {
        users: 2500,
        requestsPerUserMinute: 100,
        writesPerUserMinute: 1,
        firstPageKilobytes: 2000,
        laterRequestKilobytes: 3,
        firstLoadsPerMinute: 100,
        kilobytesPerWrite: 2,
      },
      services: options.services ?? services,
      records: options.records ?? [],
    }),
    facts: siteSchema.parse({
      publicAddresses: options.publicAddresses ?? [facts[site]?.address ?? "203.0.113.9"],
      servers: Array.from({ length: servers }, (_, index) => ({
        name: `${site}-${index + 1}`,
        arrays: [{ name: "data", level: "raid6", disks: 6, storageClasses: ["local-path"] }],
      })),
      storageClass: "local-path",
      backupStore: {
        endpoint: "https://s3.example.net:9000",
        bucket: "holdfast",
        server: `${site}-1`,
        array: "data",
        lockedFor: "35d",
        clusterCanDelete: false,
      },
      overlayEndpoint: `overlay-${site}.example.org:51820`,
      nameServer: `ns-${site}.example.org`,
    }),
  });
}

/** Where visitors come in at the site of a context whose cluster is its own. */
export function addressesOf({ facts }: SiteContext): readonly string[] {
  if (facts.platform !== "existing") throw new Error(`the address of a site on ${facts.platform} is made, not given`);
  return facts.publicAddresses;
}

/** A peer whose stack has been brought up. */
export function peerOf(site: string): Peer {
  return {
    site,
    overlayEndpoint: `overlay-${site}.example.org:51820`,
    wireguardPublicKey: "qZ1kQh2Xc9nqYyq8kqk0cC6qv6mU7zj7m0wI2f6q2mE=",
    publicAddresses: [facts[site]?.address ?? "203.0.113.9"],
    nameServer: `ns-${site}.example.org`,
  };
}

/** A peer whose stack was initialised and never brought up. */
export function absentPeer(site: string): Peer {
  return {
    site,
    overlayEndpoint: undefined,
    wireguardPublicKey: undefined,
    publicAddresses: undefined,
    nameServer: undefined,
  };
}
