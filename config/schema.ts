import { z } from "zod";
import { LEVELS } from "../topologies/levels.ts";
import { recordSchema } from "./record-schema.ts";

/** Kubernetes' names: what a label of DNS may be (RFC 1123). */
const name = z
  .string()
  .regex(/^[a-z]([-a-z0-9]{0,40}[a-z0-9])?$/, "small letters, digits and hyphens; starts with a letter; 42 at most");
const secretKey = z.string().regex(/^[a-z][A-Za-z0-9-]*$/, "a config key: letters, digits and hyphens");
const host = z
  .string()
  .regex(/^([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z]{2,}$/, "a host name with at least one dot, small letters");
const path = z.string().regex(/^\/[^\s`'"]*$/, "a path that starts with /, without spaces or quotes");
const image = z
  .string()
  .regex(/^[^\s:@]+(:[0-9]+\/[^\s:@]+)?(:[\w][\w.-]*)?(@sha256:[0-9a-f]{64})?$/, "an image reference")
  .refine(
    (ref) => /@sha256:/.test(ref) || (/:[\w][\w.-]*$/.test(ref) && !ref.endsWith(":latest")),
    "a pinned tag or digest, never :latest",
  );
const ipv4 = z.ipv4();
const sizeText = z.string().regex(/^\d+(Mi|Gi|Ti)$/, "a size such as 512Mi, 20Gi or 4Ti");
const durationText = z.string().regex(/^\d+(s|min|h|d)$/, "a time such as 30s, 5min, 24h or 35d");
const positive = z.number().positive();
const count = z.int().min(1).max(50);

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
  /** May the standby answer its reads? Without it, all of its requests go to the primary. */
  readOnlySafe: z.boolean().default(true),
  /** Paths whose POST is a read, and may be answered by the standby. */
  postIsRead: z.array(path).default([]),
  readPreference: z
    .enum(["primary", "primaryPreferred", "secondary", "secondaryPreferred", "nearest"])
    .default("nearest"),
  writeConcern: z.union([z.literal("majority"), z.int().min(1).max(7)]).default(1),
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

export const siteSchema = z.strictObject({
  platform: z.enum(["existing"]).default("existing"),
  publicAddresses: z.array(ipv4).min(1),
  /** Mbit/s towards the internet. */
  uplinkMegabits: positive.optional(),
  servers: z.array(server).min(1),
  storageClass: name,
  networkPoliciesEnforced: z.boolean().optional(),
  /** The cluster's --node-monitor-grace-period, seconds; without it, Kubernetes' default (50 s since 1.32) is taken. */
  nodeMonitorGraceSeconds: positive.optional(),
  /** Do control plane and etcd run on the site's own servers, and die with them? */
  controlPlane: z.enum(["own", "provider"]).default("own"),
  backupStore,
  /** Where the other site's gateway finds this one's, host and UDP port. */
  overlayEndpoint: z.string().regex(/^[a-z0-9.-]+:\d{1,5}$/, "host:port"),
  nameServer: host,
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
});

export type PlatformConfig = z.infer<typeof platformSchema>;
export type ServiceConfig = PlatformConfig["services"][number];
export type VolumeConfig = ServiceConfig["volumes"][number];
export type SiteConfig = z.infer<typeof siteSchema>;
export type HttpMethod = "GET" | "HEAD" | "OPTIONS" | "POST" | "PUT" | "PATCH" | "DELETE";
