import { at, change, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const restrictedPods: readonly Mutation[] = [
  {
    rule: "restricted-pods",
    what: "the proxy may run as root",
    change: change(at("aachen", object("Deployment", "proxy")), ({ spec }) => {
      spec.template.spec.securityContext.runAsNonRoot = false;
    }),
  },
  {
    rule: "restricted-pods",
    what: "the platform's namespace enforces less",
    change: change(at("titan", object("Namespace", "platform")), ({ metadata }) => {
      metadata.labels["pod-security.kubernetes.io/enforce"] = "baseline";
    }),
  },
];
