import { at, change, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const pinnedImages: readonly Mutation[] = [
  {
    rule: "pinned-images",
    what: "a service's image is latest",
    change: change(at("aachen", object("Deployment", "core")), ({ spec }) => {
      spec.template.spec.containers[0].image = "docker.io/aegee/core:latest";
    }),
  },
];
