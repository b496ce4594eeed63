import * as pulumi from "@pulumi/pulumi";
import type { Peer, SiteContext } from "./context.ts";

export interface DnsArgs {
  readonly context: SiteContext;
  readonly peers: readonly Peer[];
  /** TSIG secret of the challenge zone (`SharedKeys.tsigSecret`); without it this site holds no challenge zone. */
  readonly tsigSecret?: pulumi.Output<string>;
}

/** The authoritative name server of one site. */
export class Dns extends pulumi.ComponentResource {
  constructor(name: string, args: DnsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:platform:Dns", name, { site: args.context.site }, opts);
    this.registerOutputs({});
  }
}
