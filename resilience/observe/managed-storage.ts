import type { Fact } from "../fact.ts";
import type { ManagedStorage, VolumeRedundancy } from "../system.ts";
import type { Declarations } from "./declarations.ts";
import { orDefault, plain } from "./field.ts";
import type { Field } from "./field.ts";

const AZURE_DISK = "disk.csi.azure.com";
/** Shares of Azure Files, which no server has attached (its CSIDriver says `attachRequired: false`). */
export const AZURE_FILE = "file.csi.azure.com";

/**
 * Where a class of {@link AZURE_DISK} names no SKU: StandardSSD_LRS (Azure Disk CSI driver, docs/driver-parameters.md, 22
 * August 2026). The zone-redundant classes that AKS brings along itself name theirs. Of {@link AZURE_FILE} it is
 * Standard_LRS, or Premium_LRS for NFS (Azure File CSI driver, docs/driver-parameters.md).
 */
const APPLIED: VolumeRedundancy = "lrs";
/** Names under which the driver takes the SKU, in any case (same place). */
const SKU_NAMES: readonly string[] = ["skuname", "storageaccounttype"];

/** Storage classes of a site whose volumes are a provider's, by the provisioner that they name. */
export function observeManagedStorage(declarations: Declarations, site: string): readonly ManagedStorage[] {
  return declarations
    .ofKind("storage.k8s.io/StorageClass", site)
    .filter(({ inputs }) => [AZURE_DISK, AZURE_FILE].includes(plain(inputs.get("provisioner")) ?? ""))
    .map(({ name, urn, inputs }) => {
      const sku = skuField(inputs);
      const read: Fact<VolumeRedundancy> = sku.read(
        "a SKU of Azure's disks or shares that ends in _LRS or _ZRS",
        redundancyOf,
      );
      const shared = plain(inputs.get("provisioner")) === AZURE_FILE;
      return { name, urn, redundancy: orDefault(sku, read, APPLIED), ...(shared ? { shared } : {}) };
    });
}

/** Where a class of Azure's disks names its SKU; absent: nowhere. @param inputs of the StorageClass */
export function skuField(inputs: Field): Field {
  const parameters = inputs.get("parameters");
  const [named] = parameters.entries().filter(([key]) => SKU_NAMES.includes(key.toLowerCase()));
  return named ? named[1] : parameters.get("skuName");
}

function redundancyOf(sku: unknown): VolumeRedundancy | undefined {
  const ending = /_(lrs|zrs)$/i.exec(typeof sku === "string" ? sku : "")?.[1]?.toLowerCase();
  return ending === "lrs" || ending === "zrs" ? ending : undefined;
}
