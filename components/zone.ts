import * as pulumi from "@pulumi/pulumi";
import type * as k8s from "@pulumi/kubernetes";
import type { SiteContext } from "./context.ts";

export interface ZoneArgs {
  readonly context: SiteContext;
  /** Kubeconfig of the site's cluster, secret. @default the ambient one (`KUBECONFIG`, `~/.kube/config`) */
  readonly kubeconfig?: pulumi.Output<string>;
}

/** The cluster of one site. */
export class Zone extends pulumi.ComponentResource {
  declare readonly provider: k8s.Provider;

  constructor(name: string, args: ZoneArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:platform:Zone", name, { site: args.context.site }, opts);
    this.registerOutputs({});
  }
}
