import { at, change, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const requests: readonly Mutation[] = [
  {
    rule: "requests",
    what: "the notice page asks for no memory",
    says: /Container notice requests no memory/,
    change: change(at("titan", object("Deployment", "notice")), ({ spec }) => {
      const { resources } = spec.template.spec.containers[0];
      delete resources.requests.memory;
      delete resources.limits.memory;
    }),
  },
  {
    rule: "requests",
    what: "the notice page asks for nothing of a processor",
    says: /Container notice requests no cpu/,
    change: change(at("titan", object("Deployment", "notice")), ({ spec }) => {
      spec.template.spec.containers[0].resources.requests.cpu = "0m";
    }),
  },
];
