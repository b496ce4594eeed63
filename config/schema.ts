import { z } from "zod";
import { pricesSchema } from "./price-schema.ts";
import { recordSchema } from "./record-schema.ts";
import { count, durationText, host, image, name, path, positive, secretKey, sizeText } from "./texts.ts";

export { siteSchema } from "./site-schema.ts";
export type { AksSiteConfig, ExistingSiteConfig, SiteConfig } from "./site-schema.ts";

const volume = z.strictObject({
  name,
  mountPath: path,
  size: sizeText,
  /** `uploads`: users' files, backed up; `cache`: can be made again. */
  content: z.enum(["uploads", "cache"]),
  /** URL path under which its files are read; the standby, which has no copy, asks the primary for it. */
  urlPath: path.optional(),
});

const service = z.strictObject({
  name,
  image,
  host: host.optional(),
  path: path.default("/"),
  port: z.int().min(1).max(65535),
  replicas: count.default(2),
  /** Takes the path's prefix away before the service sees it. */
  stripPath: z.boolean().default(false),
  store: z.enum(["postgres", "mongo"]).optional(),
  /** Plain environment. Values that must stay secret go into `secrets`. */
  environment: z
    .record(z.string().regex(/^[A-Z_][A-Z0-9_]*$/, "a variable's name in capitals"), z.string())
    .default({}),
  /** Environment variable → key of the stack's secret config, `holdfast:<key>`. */
  secrets: z.record(z.string().regex(/^[A-Z_][A-Z0-9_]*$/), secretKey).default({}),
  volumes: z.array(volume).default([]),
  probe: z.strictObject({
    path,
    /**
     * A path that fails while the service's store can't be reached. Readiness asks it, so that the proxy turns to the
     * other site; liveness keeps to `path`, as a restart does not mend a store.
     */
    readyPath: path.optional(),
    /** Longest start, after which it is started anew: measure it, since it is the longest part of every restart. */
    startSeconds: z.int().min(1).max(3600).default(60),
    periodSeconds: z.int().min(1).default(5),
    timeoutSeconds: z.int().min(1).default(2),
    failureThreshold: z.int().min(1).default(3),
  }),
  /**
   * May the standby answer its reads? There its database refuses writes, and its volumes of uploads are empty and
   * read-only. Without it, all of its requests go to the primary.
   */
  readOnlySafe: z.boolean().default(true),
  /** Paths whose POST is a read, and may be answered by the standby. */
  postIsRead: z.array(path).default([]),
  readPreference: z
    .enum(["primary", "primaryPreferred", "secondary", "secondaryPreferred", "nearest"])
    .default("nearest"),
  /** How many members acknowledge a write. @default follows from the topology (`writeConcernOf`) */
  writeConcern: z.union([z.literal("majority"), z.int().min(1).max(7)]).optional(),
  /** Does it speak to servers on the internet (mail, error reports)? Otherwise the network lets it reach the platform only. */
  internetAccess: z.boolean().default(false),
  /** Signing in: the path that takes the POST, and how long a session lasts. On one service of the platform. */
  session: z.strictObject({ signInPath: path, lifetime: durationText }).optional(),
  cpu: z
    .string()
    .regex(/^\d+m?$/, "a CPU amount such as 250m or 1")
    .default("100m"),
  memory: sizeText.default("256Mi"),
  /** Requests per second that one replica serves, measured by you; without it the capacity of the service is unknown. */
  requestsPerSecond: positive.optional(),
  metricsPath: path.default("/metrics"),
});

/** This site's database was lost and is cloned anew from another site; stays set until the next time. */
export const rebuiltSchema = z.strictObject({ from: name, times: z.int().min(1) });

export const workloadSchema = z.strictObject({
  users: z.int().min(1),
  requestsPerUserMinute: positive,
  writesPerUserMinute: z.number().min(0),
  firstPageKilobytes: positive,
  laterRequestKilobytes: positive,
  firstLoadsPerMinute: z.number().min(0),
  kilobytesPerWrite: positive,
});

export const platformSchema = z.strictObject({
  /** The public zone; the sites' name servers are authoritative for it. */
  domain: host,
  /** Who is told of certificates that can't be renewed (ACME). */
  contact: z.email(),
  workload: workloadSchema,
  services: z.array(service).min(1),
  /** What else stands in the zone: mail, names of other servers. */
  records: z.array(recordSchema).default([]),
  images: z.record(z.string(), image).default({}),
  /** What things cost per month; without it every cost is unknown. */
  prices: pricesSchema.optional(),
});

export type PlatformConfig = z.infer<typeof platformSchema>;
export type ServiceConfig = PlatformConfig["services"][number];
export type VolumeConfig = ServiceConfig["volumes"][number];
export type HttpMethod = "GET" | "HEAD" | "OPTIONS" | "POST" | "PUT" | "PATCH" | "DELETE";
