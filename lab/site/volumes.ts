import type { Api, KubernetesObject, WatchEvent } from "./api.ts";
import { SHARED_FOLDER, arrayFolder } from "./paths.ts";
import type { SiteSpec } from "./spec.ts";

/** Says on a claim which server its first pod was put on (Kubernetes' well-known annotation). */
const SELECTED_NODE = "volume.kubernetes.io/selected-node";
/** Says on a volume which provisioner made it, so that no other one deletes it (as above). */
const PROVISIONED_BY = "pv.kubernetes.io/provisioned-by";
/** The provisioner of k3s, whose class `local-path` is; the lab stands in for it. */
export const LOCAL_PROVISIONER = "rancher.io/local-path";

export interface Claim extends KubernetesObject {
  readonly spec: {
    readonly storageClassName?: string;
    readonly volumeName?: string;
    readonly accessModes: readonly string[];
    readonly resources: { readonly requests: { readonly storage: string } };
  };
}

interface Volume extends KubernetesObject {
  readonly spec: { readonly persistentVolumeReclaimPolicy: string; readonly hostPath?: { readonly path: string } };
  readonly status?: { readonly phase?: string };
}

interface Class extends KubernetesObject {
  readonly provisioner: string;
  readonly reclaimPolicy?: string;
}

/** The classes whose volumes lie on servers' arrays; the cluster has them as k3s has its own. */
export const localClasses = ({ servers }: Pick<SiteSpec, "servers">): readonly string[] => [
  ...new Set(servers.flatMap(({ arrays = [] }) => arrays.flatMap(({ storageClasses = [] }) => storageClasses))),
];

export const storageClass = (name: string): unknown => ({
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name },
  provisioner: LOCAL_PROVISIONER,
  volumeBindingMode: "WaitForFirstConsumer",
  reclaimPolicy: "Delete",
});

/** Where a claim's volume is made. */
export interface VolumePlace {
  readonly provisioner: string;
  readonly folder: string;
  /** The only server that finds it; undefined: every server does. */
  readonly server?: string;
}

/** Where a claim's volume belongs; undefined when it is not (or not yet) for the lab to make. */
export function volumePlace(spec: Pick<SiteSpec, "servers" | "sharedStorage">, claim: Claim): VolumePlace | undefined {
  const { storageClassName: wanted, volumeName } = claim.spec;
  if (wanted === undefined || (volumeName ?? "") !== "" || claim.metadata.deletionTimestamp !== undefined)
    return undefined;
  const name = `pvc-${claim.metadata.uid}`;
  const server = claim.metadata.annotations?.[SELECTED_NODE];
  const shared = spec.sharedStorage?.find(({ storageClass }) => storageClass === wanted);
  if (shared !== undefined)
    return server === undefined && shared.immediate !== true
      ? undefined
      : { provisioner: shared.provisioner, folder: `${SHARED_FOLDER}/${name}` };
  const arrays = spec.servers.find((one) => one.name === server)?.arrays ?? [];
  const array = arrays.find(({ storageClasses = [] }) => storageClasses.includes(wanted));
  if (server === undefined || array === undefined) return undefined;
  return { provisioner: LOCAL_PROVISIONER, folder: `${arrayFolder(array.name)}/volumes/${name}`, server };
}

/** A claim's volume: a folder, as the provisioner of k3s makes it. */
export function persistentVolume(claim: Claim, place: VolumePlace, reclaim: string): unknown {
  const { name, namespace, uid } = claim.metadata;
  const here = [{ matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [place.server] }] }];
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: `pvc-${uid}`, annotations: { [PROVISIONED_BY]: place.provisioner } },
    spec: {
      capacity: { storage: claim.spec.resources.requests.storage },
      accessModes: claim.spec.accessModes,
      storageClassName: claim.spec.storageClassName,
      persistentVolumeReclaimPolicy: reclaim,
      claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", name, namespace, uid },
      hostPath: { path: place.folder, type: "DirectoryOrCreate" },
      ...(place.server === undefined ? {} : { nodeAffinity: { required: { nodeSelectorTerms: here } } }),
    },
  };
}

const VOLUMES = "/api/v1/persistentvolumes";

/** What makes folders on servers. */
export interface ServerHands {
  /** Runs a command on a server. @throws when it fails. */
  readonly run: (server: string, command: readonly string[]) => Promise<string>;
  readonly isUp: (server: string) => boolean;
}

/** Makes volumes as claims come, and deletes them as claims go. */
export class Provisioner {
  readonly #spec: SiteSpec;
  readonly #api: Api;
  readonly #hands: ServerHands;

  constructor(spec: SiteSpec, api: Api, hands: ServerHands) {
    this.#spec = spec;
    this.#api = api;
    this.#hands = hands;
  }

  async run(complain: (line: string) => void): Promise<void> {
    const claims = "/api/v1/persistentvolumeclaims";
    await Promise.all([
      this.#api.watch<Claim>(claims, (event) => this.#provide(event), complain),
      this.#api.watch<Volume>(VOLUMES, (event) => this.#reclaim(event), complain),
    ]);
  }

  async #provide({ type, object: claim }: WatchEvent<Claim>): Promise<void> {
    const place = type === "DELETED" ? undefined : volumePlace(this.#spec, claim);
    if (place === undefined) return;
    const server = place.server ?? claim.metadata.annotations?.[SELECTED_NODE] ?? this.#anyServer();
    if (server === undefined) return;
    // Open to everybody, as the provisioner of k3s does: the pod's user is not known here.
    await this.#hands.run(server, ["mkdir", "-p", "-m", "0777", place.folder]);
    const { reclaimPolicy = "Delete" } = await this.#api.get<Class>(
      `/apis/storage.k8s.io/v1/storageclasses/${claim.spec.storageClassName}`,
    );
    const { status, text } = await this.#api.request("POST", VOLUMES, persistentVolume(claim, place, reclaimPolicy));
    // It is there already when the claim was changed before its volume was bound.
    if (status !== 201 && status !== 409) throw new Error(`volume for ${claim.metadata.name}: ${status} ${text}`);
  }

  async #reclaim({ type, object: volume }: WatchEvent<Volume>): Promise<void> {
    const { spec, status, metadata } = volume;
    const isOurs = metadata.annotations?.[PROVISIONED_BY] !== undefined && spec.hostPath !== undefined;
    const isFree = status?.phase === "Released" && spec.persistentVolumeReclaimPolicy === "Delete";
    if (type === "DELETED" || !isOurs || !isFree || metadata.deletionTimestamp !== undefined) return;
    const server = this.#serverOf(volume);
    if (server !== undefined && spec.hostPath !== undefined)
      await this.#hands.run(server, ["rm", "-rf", spec.hostPath.path]);
    await this.#api.request("DELETE", `${VOLUMES}/${metadata.name}`);
  }

  /** Some server that finds the volume. */
  #serverOf(volume: Volume): string | undefined {
    const text = JSON.stringify(volume.spec);
    const named = this.#spec.servers.find(({ name }) => text.includes(`"values":["${name}"]`));
    return named?.name ?? this.#anyServer();
  }

  /** A server that finds every volume which belongs to no server. */
  #anyServer(): string | undefined {
    return this.#spec.servers.find(({ name, pods = true }) => pods && this.#hands.isUp(name))?.name;
  }
}
