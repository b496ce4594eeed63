import { at, change, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const probes: readonly Mutation[] = [
  {
    rule: "probes",
    what: "the notice page is never asked whether it hangs",
    says: /Container notice has no livenessProbe/,
    change: change(at("aachen", object("Deployment", "notice")), ({ spec }) => {
      delete spec.template.spec.containers[0].livenessProbe;
    }),
  },
];
