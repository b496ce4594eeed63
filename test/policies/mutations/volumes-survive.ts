import { at, change, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const volumesSurvive: readonly Mutation[] = [
  {
    rule: "volumes-survive",
    what: "scaling a member to nothing deletes its claim",
    says: /the volumes of StatefulSet mongo-aachen-0 go with it/,
    change: change(at("aachen", object("StatefulSet", "mongo-aachen-0")), ({ spec }) => {
      spec.persistentVolumeClaimRetentionPolicy.whenScaled = "Delete";
    }),
  },
  {
    rule: "volumes-survive",
    what: "the namespace of the data is not protected",
    says: /Namespace platform holds data and is not protected/,
    change: (stacks) =>
      stacks.map((stack) => ({
        ...stack,
        resources: stack.resources.map((resource) =>
          stack.stack === "aachen" && resource.name === "zone-platform" ? { ...resource, protect: false } : resource,
        ),
      })),
  },
];
