import { deniesAll } from "../../resilience/observe/isolation.ts";
import { Findings } from "../findings.ts";
import { objectsOf } from "../objects.ts";
import { POD_KINDS } from "../pods.ts";
import type { StackRule } from "../rule.ts";
import { opened } from "../traffic.ts";

export const defaultDeny: StackRule = {
  kind: "stack",
  name: "default-deny",
  what: "Each namespace of the platform denies all traffic that no NetworkPolicy allows for chosen pods, and the cluster's network enforces it.",
  ids: ["S1.6"],
  why: "Otherwise whoever takes over one pod reaches the databases and the tunnel from it.",
  fix: "Declare a NetworkPolicy for all pods of the namespace with policyTypes Ingress and Egress and no rules, in a cluster whose network enforces them.",
  level: "mandatory",
  subject: "a Namespace",
  evaluate(view) {
    const findings = new Findings();
    const objects = objectsOf(view);
    const policies = objects.ofKind("networking.k8s.io/NetworkPolicy");
    const namespaces = objects.ofKind("/Namespace");
    for (const { name, urn } of namespaces) {
      findings.subject();
      const own = policies.filter(({ namespace }) => namespace === name);
      if (!own.some(deniesAll))
        findings.add(urn, `Namespace ${name} has no NetworkPolicy that denies all traffic by default.`);
      for (const policy of own)
        for (const direction of opened(policy))
          findings.add(
            policy.urn,
            `NetworkPolicy ${policy.name} lets every pod of ${name} speak with everybody (${direction}wards), whatever another denies: policies only add up. Choose the pods that need it.`,
          );
    }
    // A namespace that is not declared here has no policy of ours that holds for all of its pods.
    for (const { namespace, name, kind, urn } of POD_KINDS.flatMap((one) => objects.ofKind(one))) {
      if (namespaces.some((one) => one.name === namespace)) continue;
      if (policies.some((policy) => policy.namespace === namespace && deniesAll(policy))) continue;
      findings.add(
        urn,
        `${kind.split("/")[1] ?? ""} ${name} runs in the namespace ${namespace}, where no NetworkPolicy denies all traffic by default.`,
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
