import { valueOf } from "../fact.ts";
import { orDefault } from "../observe/field.ts";
import { parseQuantity } from "../observe/quantities.ts";
import type { Backup } from "../system.ts";
import { ofAzureType, wanted } from "./draft.ts";
import type { Draft, Found, SiteView } from "./draft.ts";
import { items } from "./items.ts";

const GIB = 2 ** 30;

/**
 * Blob accounts. What they hold is not declared anywhere: one whole copy of the volumes that are backed up, were these
 * full, is the estimate; what the retention adds to it, or a half-empty volume takes away, is said to be unknown.
 */
export function backupCost(view: SiteView): Found {
  const unknown: string[] = [];
  const accounts = ofAzureType(view, "storage:StorageAccount");
  const lines: Draft[] = [];
  for (const { urn, inputs, name } of accounts) {
    const called = valueOf(inputs.get("accountName").text()) ?? name;
    const sku = wanted(inputs.get("sku", "name").text(), view.site, `redundancy of account ${called}`, unknown);
    const access = inputs.get("accessTier");
    // General-purpose v2 accounts are hot where nothing is said (StorageAccount, 2024-01-01).
    const tier = wanted(orDefault(access, access.text(), "Hot"), view.site, `tier of account ${called}`, unknown);
    if (sku === undefined || tier === undefined) continue;
    const held = heldBy(view, urn, accounts.length === 1);
    if (held === undefined) {
      unknown.push(`${view.site}: how much account ${called} holds: no backup that writes to it could be read`);
      continue;
    }
    const { bytes, missing } = oneCopy(view, held);
    unknown.push(...missing.map((what) => `${view.site}: account ${called}: ${what}`));
    if (bytes > 0)
      lines.push({
        site: view.site,
        what: `account ${called}, ${sku}: one copy of what is backed up, were its volumes full (an estimate)`,
        item: items.blob(tier, sku.split("_").at(-1) ?? sku),
        quantity: Math.round((bytes / GIB) * 100) / 100,
        unit: "GiB and month",
        urns: [urn],
        serves: ["R4", "S1.7"],
      });
    unknown.push(
      `${view.site}: account ${called}: what versions and logs of the retention add to one copy, and the operations, are not declared`,
    );
  }
  return { lines, unknown };
}

const WHOLE: readonly Backup["kind"][] = ["base", "files", "copy"];

/** Whole copies that go to an account; of a site's only account, all that the site makes. `undefined`: none. */
function heldBy({ system, site }: SiteView, account: string, only: boolean): readonly Backup[] | undefined {
  const stores = system.backupStores.filter(({ urn }) => urn === account).map(({ name }) => name);
  const whole = system.backups.filter((backup) => WHOLE.includes(backup.kind));
  const held = whole.filter(({ to }) => to.state === "known" && stores.includes(to.value));
  if (held.length > 0) return held;
  const made = whole.filter((backup) => backup.site === site);
  return only && made.length > 0 ? made : undefined;
}

/** Declared sizes of the volumes that are copied, each once. */
function oneCopy(
  view: SiteView,
  held: readonly Backup[],
): { readonly bytes: number; readonly missing: readonly string[] } {
  const missing: string[] = [];
  const subjects = new Set(held.map(({ subject }) => valueOf(subject)));
  const sizes = [...subjects].map((subject) => {
    const size = subject === undefined ? undefined : sizeOf(view, subject);
    if (size === undefined) missing.push(`the size of ${subject ?? "something that is backed up"} is not known`);
    return size ?? 0;
  });
  return { bytes: sizes.reduce((sum, size) => sum + size, 0), missing };
}

function sizeOf({ system, declarations, site }: SiteView, subject: string): number | undefined {
  const cluster = system.postgres.find((one) => one.site === site && one.name === subject);
  if (cluster) return cluster.storage && valueOf(cluster.storage);
  const members = system.mongo.find(({ name }) => name === subject)?.members ?? [];
  // Every member holds all of the data: one of them is the copy.
  const holder = members.find((member) => member.site === site && !member.arbiter)?.urn;
  const template =
    holder === undefined ? undefined : declarations.byUrn(holder)?.inputs.get("spec", "volumeClaimTemplates", 0);
  if (template)
    return valueOf(template.get("spec", "resources", "requests", "storage").read("a quantity", parseQuantity));
  const volume = system.volumes.find((one) => one.site === site && one.name === subject);
  return volume && valueOf(volume.size);
}
