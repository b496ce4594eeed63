import { at, change, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const spread: readonly Mutation[] = [
  {
    rule: "spread",
    what: "nothing spreads the proxy's pods",
    says: /nothing spreads the 2 pods of Deployment proxy/,
    change: change(at("aachen", object("Deployment", "proxy")), ({ spec }) => {
      delete spec.template.spec.topologySpreadConstraints;
    }),
  },
  {
    rule: "spread",
    what: "two replicas must be on two servers, and the site has one",
    says: /frontend needs 3 places, .* leaves 1 in 1 domain of titan/,
    change: change(at("titan", object("Deployment", "frontend")), ({ spec }) => {
      const { matchLabels } = spec.selector;
      const term = { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels } };
      spec.template.spec.affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
    }),
  },
];
