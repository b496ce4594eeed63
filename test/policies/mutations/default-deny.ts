import { at, change, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const defaultDeny: readonly Mutation[] = [
  {
    rule: "default-deny",
    what: "the platform's default lets all pods speak to anybody",
    change: change(at("titan", object("NetworkPolicy", "default-deny", "platform")), ({ spec }) => {
      spec.egress = [{}];
    }),
  },
];
