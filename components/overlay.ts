import * as pulumi from "@pulumi/pulumi";
import type { Peer, SiteContext } from "./context.ts";

export interface OverlayArgs {
  readonly context: SiteContext;
  readonly peers: readonly Peer[];
}

/** The gateway of one site into the encrypted overlay between the sites. */
export class Overlay extends pulumi.ComponentResource {
  /** This site's public key, plain: the other sites' stacks read it. */
  declare readonly wireguardPublicKey: pulumi.Output<string>;
  /** Where the other sites' gateways find this one, `host:port`. */
  declare readonly overlayEndpoint: string;

  constructor(name: string, args: OverlayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:platform:Overlay", name, { site: args.context.site }, opts);
    this.registerOutputs({});
  }
}
