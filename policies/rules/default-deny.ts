import { deniesAll } from "../../resilience/observe/isolation.ts";
import { Findings } from "../findings.ts";
import { objectsOf } from "../objects.ts";
import type { StackRule } from "../rule.ts";

export const defaultDeny: StackRule = {
  kind: "stack",
  name: "default-deny",
  what: "Each namespace of the platform denies all traffic that no NetworkPolicy allows, and the cluster's network enforces it.",
  ids: ["S1.6"],
  why: "Otherwise whoever takes over one pod reaches the databases and the tunnel from it.",
  fix: "Declare a NetworkPolicy for all pods of the namespace with policyTypes Ingress and Egress and no rules, in a cluster whose network enforces them.",
  level: "mandatory",
  subject: "a Namespace",
  evaluate(view) {
    const findings = new Findings();
    const objects = objectsOf(view);
    const policies = objects.ofKind("networking.k8s.io/NetworkPolicy");
    for (const namespace of objects.ofKind("/Namespace")) {
      findings.subject();
      if (!policies.some((policy) => policy.namespace === namespace.name && deniesAll(policy)))
        findings.add(
          namespace.urn,
          `Namespace ${namespace.name} has no NetworkPolicy that denies all traffic by default.`,
        );
    }
    for (const { name, urn, enforcesNetworkPolicies } of view.system.sites) {
      const enforced = findings.read(
        enforcesNetworkPolicies,
        `whether the cluster of ${name} enforces NetworkPolicies`,
        urn,
        "Declare it (networkPoliciesEnforced), once a test has shown it",
      );
      if (enforced === false)
        findings.add(urn, `The cluster of ${name} enforces no NetworkPolicies: they deny nothing.`);
    }
    return findings.verdict();
  },
};
