import * as pulumi from "@pulumi/pulumi";
import type { Peer, SharedKeys, SiteContext } from "./context.ts";

export interface MongoReplicaSetArgs {
  readonly context: SiteContext;
  readonly peers: readonly Peer[];
  /** Undefined while the keyring site was never brought up: then nothing is made. */
  readonly keys?: SharedKeys | undefined;
}

/** This site's members of the MongoDB replica set that spans all sites [S1.4]. */
export class MongoReplicaSet extends pulumi.ComponentResource {
  constructor(name: string, args: MongoReplicaSetArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:platform:MongoReplicaSet", name, { site: args.context.site }, opts);
    this.registerOutputs({});
  }
}
