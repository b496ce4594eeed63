import * as pulumi from "@pulumi/pulumi";
import type { Peer, SharedKeys, SiteContext } from "./context.ts";

export interface PgPrimaryReplicaArgs {
  readonly context: SiteContext;
  readonly peers: readonly Peer[];
  /** Undefined while the keyring site was never brought up: then nothing is made. */
  readonly keys?: SharedKeys | undefined;
  /**
   * Demotion token of the site that was active before (its stack output `demotionToken`). Needed at a site that becomes
   * active while the other one lives; ignored elsewhere.
   */
  readonly promotionToken?: pulumi.Input<string> | undefined;
  /** Promote without a token, because the old primary is dead. Its data must then be cloned anew ({@link rebuilt}). */
  readonly forcePromotion?: boolean;
  /** The cluster of this site was lost and is made anew from another one. Stays set until the next time. */
  readonly rebuilt?: RebuiltCluster | undefined;
}

export interface RebuiltCluster {
  /** Site that it is cloned from. */
  readonly from: string;
  /** How many times this site was rebuilt: 1 at the first. Each time archives under a name of its own. */
  readonly times: number;
}

/** PostgreSQL at one site of a distributed topology [S1.5]. */
export class PgPrimaryReplica extends pulumi.ComponentResource {
  /** What the next active site needs, once this one is demoted; undefined before. To be exported as `demotionToken`. */
  readonly demotionToken: pulumi.Output<string | undefined>;

  constructor(name: string, args: PgPrimaryReplicaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:platform:PgPrimaryReplica", name, { site: args.context.site }, opts);
    this.demotionToken = pulumi.output(undefined);
    this.registerOutputs({});
  }
}
