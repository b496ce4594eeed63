import { at, change, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const readOnlyRoutes: readonly Mutation[] = [
  {
    rule: "read-only-routes",
    what: "the standby's own route takes POST too",
    says: /leads POST to core at titan, a standby/,
    change: change(at("titan", object("IngressRoute", "core.read.overlay")), ({ spec }) => {
      spec.routes[0].match = spec.routes[0].match.replace("Method(`OPTIONS`)", "Method(`OPTIONS`) || Method(`POST`)");
    }),
  },
];
