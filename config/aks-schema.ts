import { z } from "zod";
import { durationText, everySite } from "./texts.ts";

/** Availability zones of an Azure region, by their logical numbers, which differ from subscription to subscription. */
export const AZURE_ZONES = ["1", "2", "3"] as const;

/** Nodes of one pool on AKS, at the most (learn.microsoft.com, AKS quotas, 2026). */
const MOST_NODES = 1000;
const nodes = z.int().min(1).max(MOST_NODES);
const size = z.string().regex(/^Standard_[A-Za-z0-9_]+$/, "a size of virtual machines such as Standard_D4s_v5");

const zones = z
  .array(z.enum(AZURE_ZONES))
  .min(1)
  .refine((given) => new Set(given).size === given.length, "each zone once");

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
  lockedFor: durationText,
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
    systemPool: z.strictObject({ size, nodes }),
    /** Nodes for the platform; their number follows the load. */
    workerPool: z.strictObject({ size, min: nodes, max: nodes }),
    /** Redundancy of the volumes. @default zrs where the site has several zones, else lrs */
    volumes: z.enum(["zrs", "lrs"]).optional(),
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
