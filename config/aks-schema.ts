import { z } from "zod";
import { days } from "../topologies/units.ts";
import { parseDuration } from "./quantities.ts";
import { durationText, everySite } from "./texts.ts";

/** Availability zones of an Azure region, by their logical numbers, which differ from subscription to subscription. */
export const AZURE_ZONES = ["1", "2", "3"] as const;

/** Nodes of one pool on AKS, at the most (learn.microsoft.com, AKS quotas, 2026). */
const MOST_NODES = 1000;
const nodes = z.int().min(1).max(MOST_NODES);
const size = z
  .string()
  .regex(/^Standard_[A-Za-z0-9_]+$/, { error: "a size of virtual machines such as Standard_D4s_v5", abort: true });

/**
 * What AKS wants of a system pool: four processors, and none that are shared by time (Microsoft Learn, Manage system node
 * pools, August 2026). Sizes whose name begins with another number than 1 or 2 have four or more (Azure VM naming conventions).
 */
const systemSize = size.regex(
  /^Standard_(?!B)[A-Za-z]+(?![12](?!\d))\d/,
  "a size with 4 processors at the least, such as Standard_D4s_v5, and none of the B series: AKS takes no other for its own parts",
);
/** An `s` among the letters of a size: it takes the premium disks that the volumes lie on (Azure VM naming conventions). */
const workerSize = size.regex(
  /^Standard_[^_]*s/i,
  "a size that takes premium disks, which has an s behind its number, such as Standard_D4s_v5: the databases' volumes lie on them",
);
/** Fewest nodes of a system pool (Microsoft Learn, Manage system node pools, August 2026, which recommends three). */
const LEAST_SYSTEM_NODES = 2;

const zones = z
  .array(z.preprocess((zone) => (typeof zone === "number" ? String(zone) : zone), z.enum(AZURE_ZONES)))
  .min(1)
  .refine((given) => new Set(given).size === given.length, "each zone once");

const volumes = z.enum(["zrs", "lrs"]);

/** Days that an immutability policy can last, at the most (Azure REST API, Microsoft.Storage 2024-01-01). */
const LONGEST_LOCK = 146_000;
const lockedFor = durationText.refine((text) => {
  const span = parseDuration(text);
  return span >= days(1) && span <= days(LONGEST_LOCK);
}, `1d at the least and ${LONGEST_LOCK}d at the most: Azure counts days`);

const backupStore = z.strictObject({
  /** Name of the storage account: unique in all of Azure. */
  account: z
    .string()
    // Azure's limit is 24; a second account has the same name with `mongo` behind it (components/site-store.ts).
    .regex(/^[a-z0-9]{3,19}$/, "3 to 19 small letters and digits, without hyphens"),
  container: z
    .string()
    .regex(/^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/, "3 to 63 small letters, digits and single hyphens"),
  /** How many copies lie where. @default zrs where the site has several zones, else lrs */
  redundancy: z.enum(["lrs", "zrs", "grs", "gzrs"]).optional(),
  /** Nobody can shorten or delete a version for this long (immutability policy), once `locked`. */
  lockedFor,
  /**
   * Shall the immutability be locked? There is no way back (docs/backups.md). Azure makes it unlocked, so the first `up` does
   * not lock it yet, and the second does.
   */
  locked: z.boolean().default(false),
});

/** A managed cluster on Azure Kubernetes Service, which the program makes. */
export const aksSite = z
  .strictObject({
    platform: z.literal("aks"),
    ...everySite,
    /** Azure region: where the data lies. */
    location: z.string().regex(/^[a-z0-9]+$/, "a region's name as Azure writes it, such as westeurope"),
    /** Zones that nodes, addresses and volumes use. */
    zones,
    /** Without a patch number: Azure keeps the patch up to date. */
    kubernetesVersion: z.string().regex(/^1\.\d+$/, "a minor version such as 1.34"),
    /** Nodes for the cluster's own parts; nothing of the platform runs there. */
    systemPool: z.strictObject({ size: systemSize, nodes: nodes.min(LEAST_SYSTEM_NODES) }),
    /** Nodes for the platform, over all zones; their number follows the load. */
    workerPool: z.strictObject({ size: workerSize, min: nodes, max: nodes }),
    /** Redundancy of the volumes. @default zrs where the site has several zones, else lrs */
    volumes: volumes.optional(),
    backupStore,
  })
  .transform((site) => {
    const redundancy = site.zones.length > 1 ? "zrs" : "lrs";
    return {
      ...site,
      volumes: site.volumes ?? redundancy,
      backupStore: { ...site.backupStore, redundancy: site.backupStore.redundancy ?? redundancy },
    } as const;
  });

const parts = z.object({
  platform: z.literal("aks"),
  zones: zones.optional().catch(undefined),
  workerPool: z.object({ min: nodes, max: nodes }).optional().catch(undefined),
  volumes: volumes.optional().catch(undefined),
});

/** What can be read of a site, though something else in it is wrong, so that all faults are told at once. */
export type AksParts = Omit<z.infer<typeof parts>, "platform">;

/** @param value a site as it was given; undefined is returned for one on another platform */
export const aksParts = (value: unknown): AksParts | undefined => parts.safeParse(value).data;
