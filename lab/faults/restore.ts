import type { PlannedObject } from "../apply/cluster.ts";
import type { RunFigure } from "../drill/figures.ts";
import { blockWith, chapter, swap } from "./runbook.ts";

const LOCAL = "From the local backups (C5)";
const COPY = "From the other site's copy (C6)";
const RESTORE_CLUSTER = "pg-restore";

/** A command of the runbook that lays a site's stack; the lab does in its place what it would do. */
export interface LayCommand {
  readonly stack: string;
  /** Its services are left out. */
  readonly isClosed: boolean;
}

/** Reads `pulumi up`. @throws where it says something that the lab does not do */
export function layCommand(command: string): LayCommand {
  const [, stack, exclude] = /^pulumi up --refresh -s (\S+)(?: --exclude '([^']*)')?$/.exec(command.trim()) ?? [];
  if (stack === undefined || (exclude !== undefined && exclude !== SERVICES))
    throw new Error(`the lab cannot do ${JSON.stringify(command.trim())}`);
  return { stack, isClosed: exclude !== undefined };
}

/** The pattern that means the Deployments of all services. */
const SERVICES = "**:platform:Service$kubernetes:apps/v1:Deployment::**";

/** What {@link SERVICES} means among planned objects. */
export const isServicePod = ({ kind, metadata }: PlannedObject): boolean =>
  kind === "Deployment" &&
  (metadata as { readonly labels?: Readonly<Record<string, string>> }).labels?.["app.kubernetes.io/component"] ===
    "service";

/** The commands of a restore in their order, as the runbook has them. */
export interface RestoreCommands {
  /** Lays the lost site without its services. */
  readonly layEmpty: LayCommand;
  /** Makes a cluster out of the backups, and waits for it. */
  readonly restorePostgres: string;
  /** Brings its data over to the real one. */
  readonly bringPostgres: string;
  readonly restoreUploads: string;
  readonly layAll: LayCommand;
  /** Deletes the other site's standby, which follows a cluster that is no more. */
  readonly deleteStandby: string;
  readonly layStandby: LayCommand;
}

/** The lines of a block that do not lay a stack, and the one that does. */
function apart(block: string): { readonly others: string; readonly lay: LayCommand } {
  const lines = block.trim().split("\n");
  const lays = lines.filter((line) => line.startsWith("pulumi "));
  const [only] = lays;
  if (only === undefined || lays.length > 1)
    throw new Error(`one pulumi command is wanted in ${JSON.stringify(block)}`);
  return { others: lines.filter((line) => line !== only).join("\n"), lay: layCommand(only) };
}

function shared(runbook: string): Pick<RestoreCommands, "layAll" | "deleteStandby" | "layStandby"> {
  const local = chapter(runbook, LOCAL);
  const standby = apart(blockWith(local, "delete clusters.postgresql.cnpg.io pg-titan"));
  return {
    layAll: layCommand(blockWith(local, "pulumi up --refresh -s aachen\n")),
    deleteStandby: standby.others,
    layStandby: standby.lay,
  };
}

/** Restores from the backups in the lost site's own store. @throws where the runbook says something else than is expected here */
export function localCommands(runbook: string): RestoreCommands {
  const local = chapter(runbook, LOCAL);
  return {
    layEmpty: layCommand(blockWith(local, "--exclude")),
    restorePostgres: blockWith(local, `name: ${RESTORE_CLUSTER}\n`),
    bringPostgres: blockWith(local, "pg_dump"),
    restoreUploads: blockWith(chapter(runbook, "Uploads"), "SERVICE=core "),
    ...shared(runbook),
  };
}

/** Restores from the copy at the other site. @throws where the runbook says something else than is expected here */
export function copyCommands(runbook: string): RestoreCommands {
  const copy = chapter(runbook, COPY);
  const cluster = blockWith(chapter(runbook, LOCAL), `name: ${RESTORE_CLUSTER}\n`).replaceAll(
    "kubectl ",
    "kubectl --context titan ",
  );
  return {
    layEmpty: layCommand(blockWith(copy, "--exclude")),
    restorePostgres:
      blockWith(copy, "kind: ObjectStore") +
      swap(cluster, "barmanObjectName: pg-aachen", "barmanObjectName: copy-of-aachen"),
    bringPostgres: blockWith(copy, "pg_dump"),
    restoreUploads: blockWith(copy, "CLAIM=core-media"),
    ...shared(runbook),
  };
}

/** How long a restore by the runbook took, seconds; undefined: it did not end. A person's pace has no prediction. */
export const restoredFigure = (what: string, seconds: number | undefined): RunFigure => ({
  what,
  predicted: { kind: "by hand", from: "a person restores it" },
  governed: false,
  resolution: 1,
  seconds: seconds ?? null,
});
