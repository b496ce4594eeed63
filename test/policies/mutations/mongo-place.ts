import { at, change, object, replicaSet } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const mongoPlace: readonly Mutation[] = [
  {
    rule: "mongo-place",
    what: "the standby's member can be elected",
    says: /can become primary at aachen and titan/,
    change: change(
      at("aachen", object("ConfigMap", "mongo-config")),
      replicaSet(({ members }) => {
        for (const member of members) if (member.host.startsWith("mongo-titan-0")) member.priority = 1;
      }),
    ),
  },
];
