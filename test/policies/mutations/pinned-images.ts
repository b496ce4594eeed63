import { at, change, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const pinnedImages: readonly Mutation[] = [
  {
    rule: "pinned-images",
    what: "a service's image is latest",
    says: /core:latest, which names no version/,
    change: change(at("aachen", object("Deployment", "core")), ({ spec }) => {
      spec.template.spec.containers[0].image = "docker.io/aegee/core:latest";
    }),
  },
  {
    rule: "pinned-images",
    what: "a service's image is the newest of a branch",
    says: /core:main, which names no version/,
    change: change(at("aachen", object("Deployment", "core")), ({ spec }) => {
      spec.template.spec.containers[0].image = "docker.io/aegee/core:main";
    }),
  },
  {
    rule: "pinned-images",
    what: "a chart is installed in its newest version",
    says: /Chart kube-prometheus-stack has no version/,
    change: change(
      at("aachen", ({ type, inputs }) => type.endsWith(":Release") && inputs["chart"] === "kube-prometheus-stack"),
      (inputs) => {
        delete inputs["version"];
      },
    ),
  },
];
