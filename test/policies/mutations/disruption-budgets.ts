import { at, change, object, remove } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const disruptionBudgets: readonly Mutation[] = [
  {
    rule: "disruption-budgets",
    what: "the frontend's budget is gone",
    says: /platform\/frontend has 2 replicas and no PodDisruptionBudget/,
    change: remove(at("aachen", object("PodDisruptionBudget", "frontend"))),
  },
  {
    rule: "disruption-budgets",
    what: "the frontend's budget lets all of its pods go",
    says: /frontend lets all 2 pods of platform\/frontend go at once/,
    change: change(at("aachen", object("PodDisruptionBudget", "frontend")), ({ spec }) => {
      spec.maxUnavailable = "100%";
    }),
  },
  {
    rule: "disruption-budgets",
    what: "the frontend's budget lets none go, so that no node can be drained",
    says: /frontend lets no pod of platform\/frontend go/,
    change: change(at("aachen", object("PodDisruptionBudget", "frontend")), ({ spec }) => {
      delete spec.maxUnavailable;
      spec.minAvailable = 2;
    }),
  },
  {
    rule: "disruption-budgets",
    what: "MongoDB's members, each a workload of its own, have no budget together",
    says: /MongoDB \(platform\) has 3 replicas and no PodDisruptionBudget/,
    from: "all-azure",
    change: remove(at("azure", object("PodDisruptionBudget", "mongo"))),
  },
  {
    rule: "disruption-budgets",
    what: "CloudNativePG is told to make no budget",
    says: /Cluster pg-azure has 3 instances and enablePDB: false/,
    from: "all-azure",
    change: change(at("azure", object("Cluster", "pg-azure")), ({ spec }) => {
      spec.enablePDB = false;
    }),
  },
];
