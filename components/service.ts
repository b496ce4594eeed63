import * as pulumi from "@pulumi/pulumi";
import type { ServiceConfig } from "../config/schema.ts";
import type { SiteContext } from "./context.ts";

export interface ServiceArgs {
  readonly context: SiteContext;
  readonly service: ServiceConfig;
  /** Variable of `service.secrets` → value of the stack's secret config that it names. */
  readonly secretValues: Readonly<Record<string, pulumi.Output<string>>>;
}

/** One service of the platform at one site. */
export class Service extends pulumi.ComponentResource {
  constructor(name: string, args: ServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:platform:Service", name, { site: args.context.site, service: args.service.name }, opts);
    this.registerOutputs({});
  }
}
