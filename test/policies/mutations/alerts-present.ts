import type { Inputs } from "../../resilience/observe/planned.ts";
import { at, change, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

const RULE = "alerts-present";

/** Leaves only some alerts of a site, or changes them. */
const alerts = (edit: (alert: Inputs) => boolean): Mutation["change"] =>
  change(at("aachen", object("PrometheusRule")), ({ spec }) => {
    for (const group of spec.groups) group.rules = group.rules.filter(edit);
  });

const without = (text: string): Mutation["change"] => alerts(({ expr }) => !String(expr).includes(text));

export const alertsPresent: readonly Mutation[] = [
  {
    rule: RULE,
    what: "nothing watches PostgreSQL's replication",
    says: /no alert watches a PostgreSQL standby/,
    change: without("cnpg_pg_replication_"),
  },
  {
    rule: RULE,
    what: "nothing watches MongoDB's members",
    says: /no alert watches a MongoDB replica set/,
    change: without("mongodb_members_"),
  },
  {
    rule: RULE,
    what: "nothing watches the certificate",
    says: /no alert watches a certificate/,
    change: without("certmanager_"),
  },
  {
    rule: RULE,
    what: "a failed disk of an array is told to nobody",
    says: /no alert watches an array that has lost a disk/,
    change: alerts(({ expr }) => !/node_md_disks|node_zfs/.test(String(expr))),
  },
  {
    rule: RULE,
    what: "one restore test is watched by no alert",
    says: /CronJob restore-test-mongo has not succeeded/,
    change: without('cronjob="restore-test-mongo"'),
  },
  {
    rule: RULE,
    what: "alerts don't say which promise is at stake",
    says: /alert ArrayDegraded names no promise/,
    change: alerts(({ labels }) => {
      delete labels.promise;
      return true;
    }),
  },
  {
    rule: RULE,
    what: "Prometheus loads only rules of its own release",
    says: /no Prometheus of this stack loads PrometheusRule holdfast/,
    change: change(
      at("aachen", ({ type, inputs }) => type.endsWith(":Release") && inputs["chart"] === "kube-prometheus-stack"),
      ({ values }) => {
        delete values.prometheus.prometheusSpec.ruleSelectorNilUsesHelmValues;
      },
    ),
  },
  {
    rule: RULE,
    what: "there is no Alertmanager to tell anybody",
    says: /runs no Alertmanager/,
    change: change(
      at("aachen", ({ type, inputs }) => type.endsWith(":Release") && inputs["chart"] === "kube-prometheus-stack"),
      ({ values }) => {
        values.alertmanager.enabled = false;
      },
    ),
  },
];
