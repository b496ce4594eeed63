import type { Fact } from "../fact.ts";
import type { ManagedStorage, VolumeRedundancy } from "../system.ts";
import type { Declarations } from "./declarations.ts";
import { orDefault, plain } from "./field.ts";

const AZURE_DISK = "disk.csi.azure.com";

/** Where a class of {@link AZURE_DISK} names no SKU (Azure Disk CSI driver 1.33, docs/driver-parameters.md: StandardSSD_LRS). */
const APPLIED: VolumeRedundancy = "lrs";

/** Storage classes of a site whose volumes are a provider's, by the provisioner that they name. */
export function observeManagedStorage(declarations: Declarations, site: string): readonly ManagedStorage[] {
  return declarations
    .ofKind("storage.k8s.io/StorageClass", site)
    .filter(({ inputs }) => plain(inputs.get("provisioner")) === AZURE_DISK)
    .map(({ name, urn, inputs }) => {
      const sku = inputs.get("parameters", "skuName");
      const read: Fact<VolumeRedundancy> = sku.read("a SKU of Azure's disks that ends in _LRS or _ZRS", redundancyOf);
      return { name, urn, redundancy: orDefault(sku, read, APPLIED) };
    });
}

function redundancyOf(sku: unknown): VolumeRedundancy | undefined {
  const ending = /_(lrs|zrs)$/i.exec(typeof sku === "string" ? sku : "")?.[1]?.toLowerCase();
  return ending === "lrs" || ending === "zrs" ? ending : undefined;
}
