import { mapFact, unknown as missing, valueOf } from "../fact.ts";
import type { Fact } from "../fact.ts";
import { orDefault, plain } from "../observe/field.ts";
import type { Field } from "../observe/field.ts";
import { AZURE_FILE, skuField } from "../observe/managed-storage.ts";
import { parseQuantity } from "../observe/quantities.ts";
import { diskPrice, sharePrice } from "./disk-tiers.ts";
import { times, wanted } from "./draft.ts";
import type { Draft, Found, SiteView } from "./draft.ts";
import { items } from "./items.ts";

interface Claim {
  readonly what: string;
  readonly urn: string;
  readonly copies: Fact<number>;
  /** Of a database's copies, which is the first: the others are there for R4 only. */
  readonly first: boolean;
  readonly bytes: Fact<number>;
  readonly storageClass: Fact<string>;
}

/** The managed disks behind volume claims, whoever makes these: a PVC, a StatefulSet, the operator of a database. */
export function volumeCost(view: SiteView): Found {
  const lines: Draft[] = [];
  const unknown: string[] = [];
  for (const { what, urn, copies, first, bytes, storageClass } of claimsAt(view)) {
    const count = wanted(copies, view.site, `copies of ${what}`, unknown);
    const size = wanted(bytes, view.site, `size of ${what}`, unknown);
    const sku = wanted(skuOf(view, storageClass), view.site, `the disks of ${what}`, unknown);
    if (count === undefined || size === undefined || sku === undefined) continue;
    const price = sku.provisioner === AZURE_FILE ? sharePrice(sku.name, size) : diskPrice(sku.name, size);
    if (price.by === "unknown") {
      unknown.push(`${view.site}: ${what}: ${price.why}`);
      continue;
    }
    const add = (number: number, of: string, serves: readonly string[]): void => {
      if (number === 0) return;
      lines.push({
        site: view.site,
        what: `${times(number, `${sku.name} ${price.by === "tier" ? price.tier : `${price.gib} GiB`}`)} (${of})`,
        item:
          sku.provisioner === AZURE_FILE
            ? items.share(sku.name)
            : items.disk(sku.name, price.by === "tier" ? price.tier : undefined),
        quantity: price.by === "tier" ? number : number * price.gib,
        unit: price.by === "tier" ? "month" : "GiB and month",
        urns: [urn, sku.urn],
        serves,
      });
    };
    add(first ? Math.min(1, count) : 0, what, []);
    add(first ? count - 1 : count, `${what}, further ${count === 2 ? "copy" : "copies"}`, ["R4"]);
  }
  return { lines, unknown };
}

function claimsAt({ site, declarations, system }: SiteView): readonly Claim[] {
  const clusters = declarations.ofKind("postgresql.cnpg.io/Cluster", site).flatMap(({ urn, name, inputs }) => {
    const instances = inputs.get("spec", "instances");
    return (["storage", "walStorage"] as const).flatMap((part): readonly Claim[] => {
      const storage = inputs.get("spec", part);
      if (part === "walStorage" && storage.absent) return [];
      return [
        {
          what: part === "storage" ? name : `${name}, log`,
          urn,
          // CloudNativePG 1.27 runs one instance where none is said.
          copies: orDefault(instances, instances.number(), 1),
          first: true,
          bytes: sizeOf(storage.get("size")),
          storageClass: storage.get("storageClass").text(),
        },
      ];
    });
  });
  const members = system.mongo.flatMap(({ members: all }) => all.filter((member) => !member.arbiter));
  const firstOfMongo = members.find((member) => member.site === site)?.urn;
  const sets = declarations.ofKind("apps/StatefulSet", site).flatMap(({ urn, name, inputs }) => {
    const replicas = inputs.get("spec", "replicas");
    return inputs
      .get("spec", "volumeClaimTemplates")
      .items()
      .map((template): Claim => ({
        what: `${name}, ${valueOf(template.get("metadata", "name").text()) ?? "a volume"}`,
        urn,
        copies: orDefault(replicas, replicas.number(), 1),
        first: urn === firstOfMongo || !members.some((member) => member.urn === urn),
        bytes: sizeOf(template.get("spec", "resources", "requests", "storage")),
        storageClass: template.get("spec", "storageClassName").text(),
      }));
  });
  const claims = declarations.ofKind("/PersistentVolumeClaim", site).map(({ urn, name, inputs }): Claim => ({
    what: name,
    urn,
    copies: { state: "known", value: 1, source: inputs.source },
    first: true,
    bytes: sizeOf(inputs.get("spec", "resources", "requests", "storage")),
    storageClass: inputs.get("spec", "storageClassName").text(),
  }));
  return [...clusters, ...sets, ...claims];
}

function sizeOf(field: Field): Fact<number> {
  return field.read("a Kubernetes quantity", parseQuantity);
}

interface Sku {
  readonly name: string;
  readonly urn: string;
  readonly provisioner: string;
}

/** Which kind of disk a storage class makes: only a declared class says so, as AKS changes its own with its versions. */
function skuOf({ declarations, site }: SiteView, storageClass: Fact<string>): Fact<Sku> {
  if (storageClass.state !== "known") return mapFact(storageClass, () => ({ name: "", urn: "", provisioner: "" }));
  const declared = declarations
    .ofKind("storage.k8s.io/StorageClass", site)
    .find(({ name }) => name === storageClass.value);
  if (!declared) return missing(`storage class ${storageClass.value} is not declared`, storageClass.source);
  return mapFact(skuField(declared.inputs).text(), (name) => ({
    name,
    urn: declared.urn,
    provisioner: plain(declared.inputs.get("provisioner")) ?? "",
  }));
}
