/**
 * A primitive event. Written `kind:target[:qualifier]`; events that happen together are joined by `+`, one after the other
 * by `,`: `disk:aachen:3`, `link:aachen>titan`, `process:core@titan`, `disk:titan:1,storage:aachen`.
 */
export type FaultEvent =
  /** `count` disks of a site's servers fail at once, whichever they are; or of one array, `disk:aachen/data:3`. */
  | { readonly kind: "disk"; readonly site: string; readonly array?: string; readonly count: number }
  /** All storage of a site: every array, the backup disk too. */
  | { readonly kind: "storage"; readonly site: string }
  /** One server: `node:aachen-1`. */
  | { readonly kind: "node"; readonly server: string }
  /** A site that is one zone; or, `zone:azure/1`, one of the zones inside a site, which is a region then. */
  | { readonly kind: "zone"; readonly site: string; readonly zone?: string }
  | { readonly kind: "site"; readonly site: string }
  /** All that a provider runs goes for good: machines, volumes, backups, names (`provider:azure`; the account is closed). */
  | { readonly kind: "provider"; readonly provider: string }
  /** `oneWay`: only traffic from `from` to `to` is lost. */
  | { readonly kind: "link"; readonly from: string; readonly to: string; readonly oneWay: boolean }
  /** A process dies (`process:core@titan`, `process:postgres@aachen`, `process:mongo@aachen`, `process:proxy@aachen`) or hangs
   * (`process:postgres@aachen:hang`). */
  | { readonly kind: "process"; readonly process: string; readonly site: string; readonly hang: boolean }
  /** Data of a store is damaged or deleted by a bad statement: `corruption:postgres`, `corruption:mongo`, `corruption:uploads`. */
  | { readonly kind: "corruption"; readonly subject: string }
  /** A site's name server. */
  | { readonly kind: "dns"; readonly site: string }
  | { readonly kind: "backup-store"; readonly site: string }
  /** The control plane, and with it the operators, of a site. */
  | { readonly kind: "control-plane"; readonly site: string }
  /** A database's clock jumps. */
  | { readonly kind: "clock"; readonly site: string }
  | { readonly kind: "gateway"; readonly site: string }
  /** `certificate-expiry:postgres`, `certificate-expiry:public@titan`. */
  | { readonly kind: "certificate-expiry"; readonly purpose: string; readonly site?: string };

export type FaultKind = FaultEvent["kind"];

/** Sets of events that happen together, one after the other; each step finds what the earlier ones left. */
export interface Fault {
  /** The expression, in canonical form: the fault's name everywhere. */
  readonly expression: string;
  readonly steps: readonly (readonly FaultEvent[])[];
}
