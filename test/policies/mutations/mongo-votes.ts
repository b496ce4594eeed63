import { at, change, object, replicaSet } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const mongoVotes: readonly Mutation[] = [
  {
    rule: "mongo-votes",
    what: "the standby's member has no vote, which leaves two",
    says: /2 members of platform vote .* an even number/,
    change: change(
      at("aachen", object("ConfigMap", "mongo-config")),
      replicaSet(({ members }) => {
        for (const member of members) if (member.host.startsWith("mongo-titan-0")) member.votes = 0;
      }),
    ),
  },
];
