import { z } from "zod";
import { LEVELS } from "../topologies/levels.ts";
import { aksSite } from "./aks-schema.ts";
import { durationText, everySite, ipv4, name, positive, sizeText } from "./texts.ts";

const array = z.strictObject({
  name,
  level: z.enum(LEVELS),
  disks: z.int().min(1).max(100),
  /** Does the server's own system (boot disk, Kubernetes' state) lie on it? On one array of a server at the most. */
  system: z.boolean().optional(),
  /** Storage classes whose volumes lie on it. */
  storageClasses: z.array(name).default([]),
});

const server = z.strictObject({
  name,
  /** Does a member of the cluster's control plane (its etcd) run on it? A majority of them must live for failover. */
  controlPlane: z.boolean().optional(),
  cores: positive.optional(),
  /** What it costs per month, in the currency of `holdfast:prices`; without it its cost is unknown. */
  monthlyCost: z.number().min(0).optional(),
  memory: sizeText.optional(),
  arrays: z
    .array(array)
    .min(1)
    .refine(
      (arrays) => arrays.filter(({ system }) => system === true).length <= 1,
      "`system: true` on one array at the most",
    ),
});

const backupStore = z.strictObject({
  /** S3 endpoint that is administered outside the cluster. */
  endpoint: z.url({ protocol: /^https?$/ }),
  bucket: name,
  region: z.string().default("us-east-1"),
  server: name,
  array: name,
  /** Versions are locked (S3 object lock) for this long. */
  lockedFor: durationText,
  clusterCanDelete: z.boolean(),
});

/** A cluster of one's own, which is there already: what its servers and disks are, only the config can tell. */
const existingSite = z.strictObject({
  platform: z.literal("existing"),
  ...everySite,
  /** Where the servers stand, and with them the personal data; without it the report says that nobody knows. */
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, "the two capitals of a country (ISO 3166-1), such as DE")
    .optional(),
  publicAddresses: z.array(ipv4).min(1),
  servers: z.array(server).min(1),
  storageClass: name,
  networkPoliciesEnforced: z.boolean().optional(),
  /** The cluster's --node-monitor-grace-period, seconds; without it, Kubernetes' default (50 s since 1.32) is taken. */
  nodeMonitorGraceSeconds: positive.optional(),
  /** The cluster's --node-monitor-period, seconds; without it, Kubernetes' default (5 s) is taken. */
  nodeMonitorPeriodSeconds: positive.optional(),
  /** Do control plane and etcd run on the site's own servers, and die with them? */
  controlPlane: z.enum(["own", "provider"]).default("own"),
  backupStore,
});

const PLATFORMS = "one of existing, aks";

/** Facts of one site. @default `platform: existing` */
export const siteSchema = z.preprocess(
  (value) =>
    typeof value === "object" && value !== null && !("platform" in value) ? { platform: "existing", ...value } : value,
  z.discriminatedUnion("platform", [existingSite, aksSite], {
    error: ({ code }) => (code === "invalid_union" ? PLATFORMS : undefined),
  }),
);

export type SiteConfig = z.infer<typeof siteSchema>;
export type ExistingSiteConfig = z.infer<typeof existingSite>;
export type AksSiteConfig = z.infer<typeof aksSite>;
