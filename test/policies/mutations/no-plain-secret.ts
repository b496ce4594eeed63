import { at, change, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const noPlainSecret: readonly Mutation[] = [
  {
    rule: "no-plain-secret",
    what: "a service gets its password as plain text",
    change: change(at("aachen", object("Deployment", "core")), ({ spec }) => {
      spec.template.spec.containers[0].env.push({ name: "CORE_API_TOKEN", value: "a-token-that-nobody-should-read" });
    }),
  },
  {
    rule: "no-plain-secret",
    what: "a private key lies in a ConfigMap",
    change: change(at("aachen", object("ConfigMap", "notice")), ({ data }) => {
      data["tls.pem"] = "-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----\n";
    }),
  },
];
