import * as pulumi from "@pulumi/pulumi";
import { platformSchema, siteSchema } from "../../config/schema.ts";
import { siteContext } from "../../components/context.ts";
import type { Peer, SharedKeys, SiteContext } from "../../components/context.ts";
import { primaryOf, topologies } from "../../topologies/index.ts";
import type { Topology } from "../../topologies/types.ts";
import { aksInput } from "./aks-fixture.ts";

interface Wish {
  readonly topology?: Topology;
  readonly active?: string;
  readonly endpoint?: string;
  /** A site on Azure, whose backups go into its blob storage. */
  readonly aks?: boolean;
  readonly uplinkMegabits?: number;
  readonly volumes?: readonly (readonly [service: string, volume: string, content: "uploads" | "cache"])[];
}

/** A site with a service per name in `volumes`; by default one service with uploads and a cache. */
export function contextOf(site: string, wish: Wish = {}): SiteContext {
  const topology = wish.topology ?? topologies[0]!;
  const active = wish.active ?? primaryOf(topology);
  const volumes = wish.volumes ?? [
    ["core", "files", "uploads"],
    ["core", "thumbnails", "cache"],
  ];
  const platform = platformSchema.parse({
    domain: "example.test",
    contact: "admin@example.test",
    workload: {
      users: 1,
      requestsPerUserMinute: 1,
      writesPerUserMinute: 1,
      firstPageKilobytes: 1,
      laterRequestKilobytes: 1,
      firstLoadsPerMinute: 1,
      kilobytesPerWrite: 1,
    },
    services: [...new Set(volumes.map(([service]) => service))].map((name) => ({
      name,
      image: "example.test/core:1.0.0",
      path: `/${name}`,
      port: 8080,
      probe: { path: "/health" },
      volumes: volumes
        .filter(([service]) => service === name)
        .map(([, volume, content]) => ({ name: volume, mountPath: `/${volume}`, size: "20Gi", content })),
    })),
  });
  const facts = siteSchema.parse(wish.aks ? aksInput : existingFacts(site, wish));
  return siteContext({ topology, site, active, platform, facts });
}

function existingFacts(site: string, wish: Wish): object {
  return {
    publicAddresses: ["192.0.2.10"],
    ...(wish.uplinkMegabits === undefined ? {} : { uplinkMegabits: wish.uplinkMegabits }),
    servers: [{ name: "one", arrays: [{ name: "data", level: "raid6", disks: 6, storageClasses: ["local-path"] }] }],
    storageClass: "local-path",
    backupStore: {
      endpoint: wish.endpoint ?? `https://s3.${site}.example.test:9000`,
      bucket: `backups-${site}`,
      server: "one",
      array: "data",
      lockedFor: "35d",
      clusterCanDelete: false,
    },
    overlayEndpoint: "overlay.example.test:51820",
    nameServer: "ns.example.test",
  };
}

/** Keys that all sites share, each of them secret. */
export function sharedKeys(backupPassword = pulumi.secret("other")): SharedKeys {
  const other = pulumi.secret("other");
  return {
    caCertificate: other,
    caKey: other,
    postgresPassword: other,
    mongoPassword: other,
    mongoBackupPassword: other,
    mongoKey: other,
    tsigSecret: other,
    backupPassword,
  };
}

/** Another site on Azure as its stack tells of it once it was brought up. */
export function azurePeer(site = "azure"): Peer {
  const tenantId = "11111111-1111-1111-1111-111111111111";
  return {
    ...peerOf(site),
    backupStore: { protocol: "azure-blob", account: "examplebackups", container: "holdfast", tenantId },
  };
}

/** Another site as its stack tells of it once it was brought up. */
export function peerOf(site: string, tls = true): Peer {
  return {
    site,
    overlayEndpoint: undefined,
    wireguardPublicKey: undefined,
    publicAddresses: undefined,
    nameServer: undefined,
    backupStore: { protocol: "s3", bucket: `backups-${site}`, region: "us-east-1", tls },
  };
}
