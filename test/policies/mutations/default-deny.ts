import { addLike, at, change, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const defaultDeny: readonly Mutation[] = [
  {
    rule: "default-deny",
    what: "the platform's default lets all pods speak to anybody",
    says: /Namespace platform has no NetworkPolicy that denies/,
    change: change(at("titan", object("NetworkPolicy", "default-deny", "platform")), ({ spec }) => {
      spec.egress = [{}];
    }),
  },
  {
    rule: "default-deny",
    what: "a second policy lets every pod speak to anybody, beside the one that denies it",
    says: /NetworkPolicy allow-all lets every pod of platform speak with everybody \(outwards\)/,
    change: addLike(at("aachen", object("NetworkPolicy", "default-deny", "platform")), "allow-all", ({ spec }) => {
      spec.egress = [{}];
    }),
  },
  {
    rule: "default-deny",
    what: "a job runs in a namespace for which nobody declares anything",
    says: /CronJob mongo-apply-too runs in the namespace default/,
    change: addLike(at("aachen", object("CronJob", "mongo-apply")), "mongo-apply-too", ({ metadata }) => {
      delete metadata.namespace;
    }),
  },
];
