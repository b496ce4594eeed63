import * as pulumi from "@pulumi/pulumi";
import type { Peer, SharedKeys, SiteContext } from "./context.ts";

/** A key of an S3 store. */
export interface AccessKeys {
  readonly accessKeyId: pulumi.Output<string>;
  readonly secretAccessKey: pulumi.Output<string>;
}

export interface BackupScheduleArgs {
  readonly context: SiteContext;
  /** Undefined until the keyring site was brought up: then nothing that needs a database's or a repository's password is made. */
  readonly keys?: SharedKeys | undefined;
  /** Key of the own store: may put and read, must not delete versions (docs/backups.md has the policy). */
  readonly credentials: AccessKeys;
  /** Site that this one pulls from (`topology.backups.copies`) → a key that reads that site's store, and no more. */
  readonly pullCredentials?: Readonly<Record<string, AccessKeys>>;
  readonly peers: readonly Peer[];
}

/** Backups, the weekly copy and the tests of restoring them, of one site [S1.7]. */
export class BackupSchedule extends pulumi.ComponentResource {
  constructor(name: string, args: BackupScheduleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("holdfast:platform:BackupSchedule", name, { site: args.context.site }, opts);
    this.registerOutputs({});
  }
}
