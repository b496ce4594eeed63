import { at, change, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const noPlainSecret: readonly Mutation[] = [
  {
    rule: "no-plain-secret",
    what: "a service gets its password as plain text",
    says: /CORE_API_TOKEN\) is called a secret/,
    change: change(at("aachen", object("Deployment", "core")), ({ spec }) => {
      spec.template.spec.containers[0].env.push({ name: "CORE_API_TOKEN", value: "a-token-that-nobody-should-read" });
    }),
  },
  {
    rule: "no-plain-secret",
    what: "a private key lies in a ConfigMap",
    says: /tls\.pem\) holds a private key/,
    change: change(at("aachen", object("ConfigMap", "notice")), ({ data }) => {
      data["tls.pem"] = "-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----\n";
    }),
  },
  {
    rule: "no-plain-secret",
    what: "a command names a password",
    says: /args\[0\] \(\) gives a password or a token a plain value/,
    change: change(at("aachen", object("Deployment", "core")), ({ spec }) => {
      spec.template.spec.containers[0].args = ["--db-password=hunter2-hunter2"];
    }),
  },
  {
    rule: "no-plain-secret",
    what: "a password is the word after its option",
    says: /args\[1\] \(--password\) is called a secret/,
    change: change(at("aachen", object("Deployment", "core")), ({ spec }) => {
      spec.template.spec.containers[0].args = ["--password", "hunter2-hunter2"];
    }),
  },
  {
    rule: "no-plain-secret",
    what: "a file of a ConfigMap gives a password",
    says: /app\.yaml\) gives a password or a token a plain value/,
    change: change(at("aachen", object("ConfigMap", "notice")), ({ data }) => {
      data["app.yaml"] = "database:\n  user: core\n  password: hunter2-hunter2\n";
    }),
  },
  {
    rule: "no-plain-secret",
    what: "a chart is given a password among its values",
    says: /values\.grafana\.adminPassword \(adminPassword\) is called a secret/,
    change: change(
      at("aachen", ({ type, inputs }) => type.endsWith(":Release") && inputs["chart"] === "kube-prometheus-stack"),
      ({ values }) => {
        values.grafana.adminPassword = "hunter2-hunter2";
      },
    ),
  },
  {
    rule: "no-plain-secret",
    what: "the databases' pods get a password as plain text",
    says: /spec\.env\[0\]\.value \(PGPASSWORD\) is called a secret/,
    change: change(at("aachen", object("Cluster", "pg-aachen")), ({ spec }) => {
      spec.env = [{ name: "PGPASSWORD", value: "hunter2-hunter2" }];
    }),
  },
];
