import { Findings, listed } from "../findings.ts";
import type { PlatformRule } from "../rule.ts";

export const oneWritablePostgres: PlatformRule = {
  name: "one-writable-postgres",
  kind: "platform",
  what: "Exactly one PostgreSQL cluster of all sites takes writes.",
  ids: ["S1.5", "C3"],
  why: "Two that take writes grow apart, and one of the two must be thrown away with all that it acknowledged.",
  fix: "Name one site as the active one in every stack (holdfast:active), demote the other first, and bring both stacks up.",
  level: "mandatory",
  subject: "a CloudNativePG Cluster",
  evaluate({ system }) {
    const findings = new Findings();
    const writable = system.postgres.filter(({ replica, name, urn }) => {
      findings.subject();
      const follows = findings.read(
        replica,
        `whether ${name} follows another cluster`,
        urn,
        "Declare spec.replica in plain values",
      );
      return follows === false;
    });
    const first = writable[0];
    if (first && writable.length > 1)
      findings.add(
        first.urn,
        `${listed(writable.map(({ name, site }) => `${name} at ${site}`))} all take writes, and none follows another. ${oneWritablePostgres.fix}`,
      );
    if (
      system.postgres.length > 0 &&
      system.postgres.every(({ replica }) => replica.state === "known" && replica.value)
    )
      findings.add(
        system.postgres[0]?.urn,
        `no cluster takes writes: ${listed(system.postgres.map(({ name, site }) => `${name} at ${site}`))} all follow. Promote one.`,
      );
    return findings.verdict();
  },
};
