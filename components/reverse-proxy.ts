import * as pulumi from "@pulumi/pulumi";
import type { Peer, SiteContext } from "./context.ts";

export interface ReverseProxyArgs {
  readonly context: SiteContext;
  readonly peers: readonly Peer[];
  /** TSIG secret of the challenge zone (`SharedKeys.tsigSecret`); without it no certificate can be asked for yet. */
  readonly tsigSecret?: pulumi.Output<string>;
}

/** The reverse proxy of one site. */
export class ReverseProxy extends pulumi.ComponentResource {
  constructor(name: string, args: ReverseProxyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:platform:ReverseProxy", name, { site: args.context.site }, opts);
    this.registerOutputs({});
  }
}
