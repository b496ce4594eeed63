import { plain } from "../../resilience/observe/field.ts";
import { Findings } from "../findings.ts";
import { objectsOf } from "../objects.ts";
import type { StackRule, StackView } from "../rule.ts";

const ACCOUNT = "azure-native:storage:StorageAccount";
const CONTAINER = "azure-native:storage:BlobContainer";

export const backupsPrivate: StackRule = {
  name: "backups-private",
  kind: "stack",
  what: "No backup in a provider's account can be read without signing in.",
  ids: ["R4", "S1.6"],
  why: "A backup holds all that its database holds, and who finds its address would have it.",
  fix: "Set allowBlobPublicAccess: false on the account, and publicAccess: None on each container.",
  level: "mandatory",
  subject: "the account of a backup store",
  expected: ({ system }) => system.backupStores.some(({ redundancy }) => redundancy !== undefined),
  evaluate(view) {
    const findings = new Findings();
    accounts(view, findings);
    return findings.verdict();
  },
};

/** Accounts and containers are closed where nothing is said (Azure storage, API version 2024-01-01). */
function accounts(view: StackView, findings: Findings): void {
  const objects = objectsOf(view);
  for (const { urn, name, inputs } of objects.ofType(ACCOUNT)) {
    findings.subject();
    const open = inputs.get("allowBlobPublicAccess");
    if (open.pending) findings.wait(`whether account ${name} may be read by anybody`);
    else if (open.value === true)
      findings.add(urn, `Account ${name} lets containers be opened to anybody. Leave allowBlobPublicAccess out.`);
  }
  for (const { urn, name, inputs } of objects.ofType(CONTAINER)) {
    const open = inputs.get("publicAccess");
    if (!open.absent && !open.pending && open.value !== "None")
      findings.add(urn, `Container ${name} has publicAccess ${plain(open) ?? ""}: anybody reads it. Set None.`);
  }
}
