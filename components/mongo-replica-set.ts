import { StatefulSet } from "@pulumi/kubernetes/apps/v1";
import { CronJob } from "@pulumi/kubernetes/batch/v1";
import { ConfigMap, Secret, Service } from "@pulumi/kubernetes/core/v1";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1";
import * as pulumi from "@pulumi/pulumi";
import { MONGO_APP_SECRET, MONGO_BACKUP_SECRET, MONGO_PORT } from "./connections.ts";
import type { Peer, SharedKeys, SiteContext } from "./context.ts";
import { applySpec, configData } from "./mongo-apply-job.ts";
import { MEMBER, MONGO_OBJECTS, memberSpec } from "./mongo-pods.ts";
import { membersAt } from "./mongo-replica-set-plan.ts";
import type { LocalMember } from "./mongo-replica-set-plan.ts";
import { labels, namespaces } from "./names.ts";

export interface MongoReplicaSetArgs {
  readonly context: SiteContext;
  readonly peers: readonly Peer[];
  /** Undefined while the keyring site was never brought up: then nothing is made. */
  readonly keys?: SharedKeys | undefined;
}

/**
 * This site's members of the MongoDB replica set that spans all sites [S1.4]: a StatefulSet and a headless Service for
 * each, and at the active site the configuration of the whole set and the CronJob that applies it.
 *
 * Volumes outlive their StatefulSet, so a member that a switchover or a mistake takes away finds its data again.
 */
export class MongoReplicaSet extends pulumi.ComponentResource {
  constructor(name: string, args: MongoReplicaSetArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:platform:MongoReplicaSet", name, { site: args.context.site }, opts);
    if (args.keys) this.declare(name, args.context, args.peers, args.keys);
    this.registerOutputs({});
  }

  private declare(name: string, context: SiteContext, peers: readonly Peer[], keys: SharedKeys): void {
    const secret = (part: string, object: string, data: Record<string, pulumi.Input<string>>): Secret =>
      new Secret(`${name}-${part}`, { metadata: metadata(object), stringData: data }, { parent: this });
    const secrets = [
      secret("keyfile", MONGO_OBJECTS.keyfile, { key: keys.mongoKey }),
      secret("app", MONGO_APP_SECRET, { password: keys.mongoPassword }),
      secret("backup", MONGO_BACKUP_SECRET, { password: keys.mongoBackupPassword }),
    ];

    const members = membersAt(context, context.site);
    for (const member of members) this.declareMember(name, context, member, secrets);
    if (members.length > 1) {
      // One member at a time: two of three votes are the majority that keeps a primary.
      new PodDisruptionBudget(
        `${name}-budget`,
        { metadata: metadata("mongo"), spec: { maxUnavailable: 1, selector: { matchLabels: { ...MEMBER } } } },
        { parent: this },
      );
    }
    if (context.role === "primary") {
      // Only here: a copy at a site that does not apply it could differ from what is in force.
      const config = new ConfigMap(
        `${name}-config`,
        { metadata: metadata(MONGO_OBJECTS.config), data: configData(context) },
        { parent: this },
      );
      const otherSites = peers.some(({ wireguardPublicKey }) => wireguardPublicKey !== undefined);
      new CronJob(
        `${name}-apply`,
        { metadata: metadata(MONGO_OBJECTS.apply), spec: applySpec(context, otherSites) },
        { parent: this, dependsOn: [...secrets, config] },
      );
    }
  }

  private declareMember(name: string, context: SiteContext, member: LocalMember, secrets: readonly Secret[]): void {
    const child = `${name}-${member.name.replace(/^mongo-/, "")}`;
    const identity = metadata(member.name);
    new Service(
      child,
      {
        metadata: identity,
        spec: {
          clusterIP: "None",
          // Members must find each other before there is a set that could make them ready.
          publishNotReadyAddresses: true,
          selector: identity.labels,
          ports: [{ name: "mongo", port: MONGO_PORT, targetPort: MONGO_PORT }],
        },
      },
      { parent: this },
    );
    new StatefulSet(
      child,
      {
        // The agent of the backups is not ready before the set has its users, which at a standby may come from another
        // site, much later: an `up` must not wait for it.
        metadata: { ...identity, annotations: { "pulumi.com/skipAwait": "true" } },
        spec: memberSpec(context, member),
      },
      { parent: this, dependsOn: [...secrets] },
    );
  }
}

function metadata(name: string) {
  return { name, namespace: namespaces.platform, labels: labels("mongo", name) };
}
