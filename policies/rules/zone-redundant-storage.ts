import { valueOf } from "../../resilience/fact.ts";
import { plain } from "../../resilience/observe/field.ts";
import type { Site, System } from "../../resilience/system.ts";
import { counted, Findings, listed, threshold } from "../findings.ts";
import { objectsOf } from "../objects.ts";
import { managedOf } from "../places.ts";
import type { StackRule, StackView } from "../rule.ts";
import { managed } from "./zone-redundant-cluster.ts";

/** Chooses the address of a Service (Azure cloud provider for Kubernetes). */
const PIP_NAME = "service.beta.kubernetes.io/azure-pip-name";

export const zoneRedundantStorage: StackRule = {
  name: "zone-redundant-storage",
  kind: "stack",
  what: "Volumes, backups and the public address of a managed site are kept in several availability zones.",
  ids: ["R7", "S2.3", "S3.3"],
  why: "A locally redundant volume can't follow its pod out of a zone that failed, and an address of that zone answers nobody.",
  fix: "Use ZRS for volumes, ZRS or GZRS for the account of the backups, and a Standard address in several zones.",
  level: "mandatory",
  settings: {
    zones: {
      type: "integer",
      description: "Availability zones that the public address must be held in. Two, as promised (R7).",
      default: 2,
      minimum: 1,
    },
  },
  subject: "storage of a managed site",
  expected: ({ system }) => managed(system.sites).length > 0,
  evaluate(view, settings) {
    const findings = new Findings();
    const { system } = view;
    for (const { urn, name, inputs } of objectsOf(view).ofType("azure-native:network:PublicIPAddress"))
      // An address without a word is Basic, which knows no zones (Azure, public IP address SKUs, 2025).
      if (inputs.get("sku", "name").value !== "Standard" && !inputs.get("sku").pending)
        findings.add(
          urn,
          `the public address ${name} is no Standard one, and lies in one zone. Set sku.name to Standard.`,
        );
    for (const site of managed(system.sites)) {
      volumes(system, site, findings);
      stores(system, site, findings);
      address(site, threshold(settings, "zones"), findings);
    }
    if (managed(system.sites).length > 0) balancers(view, findings);
    return findings.verdict();
  },
};

/** Classes of what is kept at the site: databases, standbys included, and the services' volumes. */
function volumes(system: System, site: Site, findings: Findings): void {
  const used = [
    ...system.postgres.map((cluster) => ({ ...cluster, what: `the volumes of ${cluster.name}` })),
    ...system.mongo.flatMap(({ members }) =>
      members
        .filter(({ urn }) => urn !== undefined)
        .map(({ name, urn = "", site: at, storageClass }) => ({
          site: at,
          urn,
          storageClass,
          what: `the volume of ${name}`,
        })),
    ),
    ...system.volumes.map((volume) => ({ ...volume, what: `the volume ${volume.name}` })),
  ].filter((one) => one.site === site.name);
  for (const { storageClass, what, urn } of used) {
    findings.subject();
    const name = findings.read(storageClass, `the storage class of ${what}`, urn, "Name one of this stack");
    if (name === undefined) continue;
    const found = managedOf(site, storageClass);
    if (!found) {
      findings.add(
        urn,
        `${what} use storage class ${name}, of which nothing declares the redundancy. Name a class of this stack.`,
      );
      continue;
    }
    const redundancy = findings.read(
      found.redundancy,
      `the redundancy of storage class ${name}`,
      found.urn,
      "Set its skuName",
    );
    if (redundancy === "lrs")
      findings.add(
        urn,
        `${what} lie on storage class ${name}, which is locally redundant (LRS): lost or out of reach with their zone. Use a class with a ZRS skuName.`,
      );
  }
}

function stores(system: System, site: Site, findings: Findings): void {
  for (const store of system.backupStores.filter((one) => one.site === site.name && one.redundancy)) {
    findings.subject();
    const redundancy =
      store.redundancy &&
      findings.read(store.redundancy, `the redundancy of ${store.name}`, store.urn, "Set the account's sku");
    if (redundancy === "lrs" || redundancy === "grs")
      findings.add(
        store.urn,
        `${store.name} is kept in one zone of its region (${redundancy.toUpperCase()}): without that zone no backup is written or restored. Use ZRS or GZRS.`,
      );
  }
}

function address(site: Site, wanted: number, findings: Findings): void {
  findings.subject();
  if (!site.addressZones)
    return findings.add(
      site.urn,
      `nothing declares in which zones the public address of ${site.name} is held. Declare it in this stack.`,
    );
  const zones = findings.read(
    site.addressZones,
    `the zones of the public address of ${site.name}`,
    site.urn,
    "Set its zones",
  );
  if (zones && zones.length < wanted)
    findings.add(
      valueOf(site.addressZones) && site.addressZones.state === "known" ? site.addressZones.source.urn : site.urn,
      `the public address of ${site.name} is held in ${counted(zones.length, "zone")} (${listed(zones)}), and ${wanted} are asked for. Set its zones.`,
    );
}

/** Without the name of one a Service of type LoadBalancer gets another address, of which nothing here tells the zones (AKS, 2025). */
function balancers(view: StackView, findings: Findings): void {
  const objects = objectsOf(view);
  const declared = objects
    .ofType("azure-native:network:PublicIPAddress")
    .map(({ inputs }) => plain(inputs.get("publicIpAddressName")));
  for (const { urn, name, inputs } of objects.ofKind("/Service")) {
    if (inputs.get("spec", "type").value !== "LoadBalancer") continue;
    const wanted = inputs.get("metadata", "annotations").get(PIP_NAME);
    if (wanted.pending) findings.wait(`at which public address Service ${name} answers`);
    else if (!declared.includes(plain(wanted)))
      findings.add(
        urn,
        `Service ${name} names no public address of this stack (${PIP_NAME}): in which zones the one is held that it gets is not declared. Name it.`,
      );
  }
}
