import { addLike, at, change, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const restrictedPods: readonly Mutation[] = [
  {
    rule: "restricted-pods",
    what: "the proxy may run as root",
    says: /container traefik, which may run as root/,
    change: change(at("aachen", object("Deployment", "proxy")), ({ spec }) => {
      spec.template.spec.securityContext.runAsNonRoot = false;
    }),
  },
  {
    rule: "restricted-pods",
    what: "the platform's namespace enforces less",
    says: /Namespace platform enforces baseline/,
    change: change(at("titan", object("Namespace", "platform")), ({ metadata }) => {
      metadata.labels["pod-security.kubernetes.io/enforce"] = "baseline";
    }),
  },
  {
    rule: "restricted-pods",
    what: "the namespace of Prometheus enforces nothing",
    says: /Namespace monitoring enforces privileged/,
    change: change(at("aachen", object("Namespace", "monitoring")), ({ metadata }) => {
      metadata.labels["pod-security.kubernetes.io/enforce"] = "privileged";
    }),
  },
  {
    rule: "restricted-pods",
    what: "the gateway has more than a tunnel needs",
    says: /Deployment gateway has container wireguard, which is privileged/,
    change: change(at("aachen", object("Deployment", "gateway")), ({ spec }) => {
      spec.template.spec.containers[0].securityContext.privileged = true;
    }),
  },
  {
    rule: "restricted-pods",
    what: "another pod moves in with the gateway, where nothing is enforced",
    says: /Namespace overlay enforces privileged/,
    change: addLike(at("aachen", object("CronJob", "mongo-apply")), "neighbour", ({ metadata }) => {
      metadata.namespace = "overlay";
    }),
  },
  {
    rule: "restricted-pods",
    what: "a pod takes a port of its server",
    says: /container notice, which takes port 8080 of its server/,
    change: change(at("aachen", object("Deployment", "notice")), ({ spec }) => {
      spec.template.spec.containers[0].ports[0].hostPort = 8080;
    }),
  },
];
