import { Findings } from "../findings.ts";
import { awaitsKeys } from "../keys-awaited.ts";
import type { StackRule } from "../rule.ts";

export const hungPostgres: StackRule = {
  name: "hung-postgres",
  kind: "stack",
  what: "A PostgreSQL server that hangs is noticed, and either restarted or replaced by another instance.",
  ids: ["R5", "R8"],
  why: "CloudNativePG's liveness probe asks its instance manager, which lives on beside a server that hangs; without another instance the operator can do nothing then.",
  fix: "Let a patch of the pods (annotation cnpg.io/podPatch) put a liveness probe in place of the operator's that asks PostgreSQL too, or run several instances.",
  // A standby with one instance at a site with several servers lacks it: a switchover makes several of it.
  level: "advisory",
  subject: "a CloudNativePG Cluster",
  expected: (view) => !awaitsKeys(view),
  evaluate({ system }) {
    const findings = new Findings();
    for (const { name, urn, instances, hangProbe } of system.postgres) {
      findings.subject();
      const count = findings.read(instances, `how many instances ${name} has`, urn, "Declare it in spec.instances.");
      if (count === undefined || count > 1) continue;
      if (hangProbe)
        findings.read(
          hangProbe.detection,
          `when an instance of ${name} that hangs is noticed`,
          urn,
          "Replace the liveness probe as a whole, by one that runs pg_isready.",
        );
      else
        findings.add(
          urn,
          `the one instance of ${name} stays as it is when PostgreSQL hangs: nothing asks it. ${hungPostgres.fix}`,
        );
    }
    return findings.verdict();
  },
};
