import { dataOf } from "../data.ts";
import type { Data } from "../data.ts";
import { Findings, counted, threshold } from "../findings.ts";
import { expectsData } from "../keys-awaited.ts";
import { arrayText, disksToSpare, managedOf, placesOf, siteOf } from "../places.ts";
import { hasReplicaBeside } from "../replicas.ts";
import type { StackRule, StackView } from "../rule.ts";

const FIX =
  "Put it on an array with redundancy (RAID-1, RAID-6) or on managed storage, or run replicas of it on other servers of the site";

export const raidOrReplicas: StackRule = {
  name: "raid-or-replicas",
  kind: "stack",
  what: "Below whatever takes writes there is RAID, managed storage, or a replica at the same site.",
  ids: ["R4", "S1.7"],
  why: "A single failed disk would take the newest writes with it, and the site out of service.",
  fix: `${FIX}.`,
  level: "mandatory",
  settings: {
    disks: {
      type: "integer",
      description:
        "Disks of one array that may fail at once without loss where there is no replica beside it. One, because a disk fails in any year; more are promised by R4, which the analysis judges.",
      default: 1,
      minimum: 1,
    },
  },
  subject: "a database that takes writes, or a volume of uploads",
  expected: expectsData,
  evaluate(view, settings) {
    const findings = new Findings();
    for (const data of dataOf(view.system)) {
      findings.subject();
      judge(view, data, threshold(settings, "disks"), findings);
    }
    return findings.verdict();
  },
};

function judge(view: StackView, data: Data, wanted: number, findings: Findings): void {
  const site = siteOf(view.system, data.site);
  if (!site) return findings.add(data.urn, `${data.label} lies at no site that was read. ${FIX}.`);
  if (hasReplicaBeside(view, data)) return;
  const managed = managedOf(site, data.storageClass);
  if (managed) {
    findings.read(
      managed.redundancy,
      `the redundancy of storage class ${managed.name}`,
      managed.urn,
      "Declare its skuName",
    );
    return;
  }
  const places = findings.read(
    placesOf(site, data.storageClass),
    `where ${data.label} lies`,
    data.urn,
    "Declare the array of its storage class in holdfast:site.servers",
  );
  if (places?.length === 0)
    findings.add(data.urn, `no server of ${site.name} has the array that ${data.label} needs. ${FIX}.`);
  for (const { array } of places ?? []) {
    const spare = findings.read(
      disksToSpare(array),
      `the level of array ${array.name} on ${array.server}`,
      site.urn,
      "Declare level and disks of the array",
    );
    if (spare !== undefined && spare < wanted)
      findings.add(
        data.urn,
        `${data.label} lies on ${arrayText(array)}, which survives ${counted(spare, "failed disk")} where ${wanted} must be survived, and no replica at ${site.name} is sure to be elsewhere. ${FIX}.`,
      );
  }
}
