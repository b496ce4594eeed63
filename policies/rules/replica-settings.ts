import type { Declared } from "../../resilience/observe/declarations.ts";
import { plain } from "../../resilience/observe/field.ts";
import { valueOf } from "../../resilience/fact.ts";
import { Findings, listed } from "../findings.ts";
import { awaitsKeys } from "../keys-awaited.ts";
import { objectsOf } from "../objects.ts";
import type { StackRule } from "../rule.ts";

export const replicaSettings: StackRule = {
  name: "replica-settings",
  kind: "stack",
  what: "A PostgreSQL cluster that follows another, or is prepared to, names a source that it can reach and contradicts itself nowhere.",
  ids: ["S1.5"],
  why: "A standby that streams from nowhere is no copy, and one that follows itself can't be demoted.",
  fix: "Let spec.replica name a source among spec.externalClusters, with a host, and a primary that is one of these or the cluster itself.",
  level: "mandatory",
  subject: "a CloudNativePG Cluster",
  expected: (view) => !awaitsKeys(view),
  evaluate(view) {
    const findings = new Findings();
    const clusters = objectsOf(view).ofKind("postgresql.cnpg.io/Cluster");
    for (const cluster of clusters) {
      findings.subject();
      judge(cluster, findings);
    }
    const writable = view.system.postgres.filter(({ replica }) => valueOf(replica) === false);
    if (writable.length > 1)
      findings.add(
        writable[1]?.urn,
        `${listed(writable.map(({ name }) => name))} take writes beside each other at one site. Keep one.`,
      );
    return findings.verdict();
  },
};

function judge(cluster: Declared, findings: Findings): void {
  const spec = cluster.inputs.get("spec");
  const replica = spec.get("replica");
  if (replica.absent) return;
  const { urn } = cluster;
  const external = spec.get("externalClusters").items();
  const names = external.map((one) => plain(one.get("name")) ?? "");
  const self = plain(replica.get("self")) ?? cluster.name;
  const source = findings.read(
    replica.get("source").text(),
    `the source of ${cluster.name}`,
    urn,
    "Name it in spec.replica.source",
  );
  const found = external.find((one) => plain(one.get("name")) === source);
  if (source === self)
    findings.add(urn, `${cluster.name} is its own source. Name another cluster in spec.replica.source.`);
  else if (source !== undefined && !found)
    findings.add(
      urn,
      `the source ${source} of ${cluster.name} is none of its externalClusters (${listed(names)}). Add it there.`,
    );
  else if (found && found.get("connectionParameters", "host").absent && found.get("plugin").absent)
    findings.add(
      urn,
      `externalCluster ${source ?? ""} of ${cluster.name} has neither a host nor an archive to follow. Give it one.`,
    );
  const primary = replica.get("primary");
  const named = plain(primary);
  if (!primary.absent && named !== undefined && named !== self && !names.includes(named))
    findings.add(
      urn,
      `${cluster.name} names ${named} as the primary, which is none of its externalClusters (${listed(names)}) and not itself. Name one of these.`,
    );
  const enabled = replica.get("enabled").value;
  if (typeof enabled === "boolean" && named !== undefined && enabled === (named === self))
    findings.add(
      urn,
      `${cluster.name} has spec.replica.enabled: ${enabled}, and names ${named} as the primary: the first says that it ${enabled ? "follows" : "takes writes"}, the second the contrary. Leave enabled out.`,
    );
}
