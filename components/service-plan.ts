import type { ServiceConfig, VolumeConfig } from "../config/schema.ts";
import type { Role } from "../topologies/types.ts";
import { mongoClient, postgresClient } from "./connections.ts";
import type { StoreConnection } from "./connections.ts";
import type { ClusterShape } from "./cluster-shape.ts";
import type { SiteContext } from "./context.ts";

/**
 * Does the service run at a site of this role? A standby's databases refuse writes, so it runs only what was declared
 * to bear that; requests for the others go to the active site.
 */
export function runsAt(role: Role, service: Pick<ServiceConfig, "readOnlySafe">): boolean {
  return role === "primary" || service.readOnlySafe;
}

/** The services that the site runs in the role that it plays now, in the order of the config. */
export function servicesAt(context: Pick<SiteContext, "role" | "platform">): readonly ServiceConfig[] {
  return context.platform.services.filter((service) => runsAt(context.role, service));
}

/**
 * The user as whom services run: the first ordinary one, that of Node's images. It must be a number, and an image's own
 * user often is a name. Backups read the uploads as the same user.
 */
export const SERVICE_USER = 1000;

/** How many pods, and how one version follows another. */
export interface Rollout {
  readonly replicas: number;
  readonly strategy:
    | { readonly type: "Recreate" }
    | {
        readonly type: "RollingUpdate";
        readonly rollingUpdate: { readonly maxUnavailable: number; readonly maxSurge: number };
      };
}

/** How the claim of a volume is met. */
export interface ClaimPlan {
  readonly storageClass: string;
  readonly accessMode: "ReadWriteOnce" | "ReadWriteMany";
}

/**
 * Users' files go where pods on several nodes can reach them, if the platform has that: then the service survives the node
 * or zone of one of its pods. A cache stays one pod's own: nothing says that two may write to it at once.
 */
export function claimPlan(
  { storageClass, sharedStorageClass }: Pick<ClusterShape, "storageClass" | "sharedStorageClass">,
  { content }: Pick<VolumeConfig, "content">,
): ClaimPlan {
  return content === "uploads" && sharedStorageClass !== undefined
    ? { storageClass: sharedStorageClass, accessMode: "ReadWriteMany" }
    : { storageClass, accessMode: "ReadWriteOnce" };
}

/**
 * A volume of a server's disks can be mounted by one node at a time (ReadWriteOnce): a second replica, or the next
 * version beside the old one, would wait for it forever on another server. So one replica, replaced after it has gone.
 */
export function rollout(
  cluster: Pick<ClusterShape, "storageClass" | "sharedStorageClass">,
  service: Pick<ServiceConfig, "replicas" | "volumes">,
): Rollout {
  if (service.volumes.some((volume) => claimPlan(cluster, volume).accessMode === "ReadWriteOnce"))
    return { replicas: 1, strategy: { type: "Recreate" } };
  return {
    replicas: service.replicas,
    strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
  };
}

/**
 * Where a volume's files lie. The active site keeps them on a claim. A standby has no copy of the uploads (no database
 * replicates files), and what its service wrote there would be lost to the active site: the volume is empty there and
 * goes with the pod, instead of a claim that looks like a copy. It can't be written to: while a switchover exchanges pods
 * and routes, one after the other, uploads reach such a pod, and what it takes would be acknowledged and gone.
 */
export function volumeSource(role: Role, volume: VolumeConfig): "claim" | "ephemeral" {
  switch (volume.content) {
    case "uploads":
      return role === "primary" ? "claim" : "ephemeral";
    case "cache":
      return "claim";
    default: {
      const never: never = volume.content;
      throw new Error(`volume content ${String(never)}`);
    }
  }
}

export const claimName = (service: string, volume: string): string => `${service}-${volume}`;
export const secretName = (service: string): string => `${service}-secrets`;

/** The store that the service named, as its clients reach it at this site. */
export function storeOf(context: SiteContext, service: ServiceConfig): StoreConnection | undefined {
  switch (service.store) {
    case undefined:
      return undefined;
    case "postgres":
      return postgresClient(context);
    case "mongo":
      return mongoClient(context, service);
    default: {
      const never: never = service.store;
      throw new Error(`store ${String(never)}`);
    }
  }
}

export type EnvironmentVariable =
  | { readonly name: string; readonly value: string }
  | {
      readonly name: string;
      readonly valueFrom: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
    };

/** Names that the platform sets itself, whatever the config says: a service must not speak to another site's store. */
export function environment(context: SiteContext, service: ServiceConfig): readonly EnvironmentVariable[] {
  const store = storeOf(context, service);
  const plain = { ...service.environment, ...store?.environment };
  const secrets = new Map<string, { readonly name: string; readonly key: string }>(
    Object.keys(service.secrets).map((variable) => [variable, { name: secretName(service.name), key: variable }]),
  );
  if (store) secrets.set(store.password.variable, { name: store.password.secret, key: store.password.key });
  return [
    ...Object.entries(plain)
      .filter(([name]) => !secrets.has(name))
      .map(([name, value]) => ({ name, value })),
    ...[...secrets].map(([name, secretKeyRef]) => ({ name, valueFrom: { secretKeyRef } })),
  ];
}
