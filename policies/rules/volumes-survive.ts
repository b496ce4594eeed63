import type { Declarations, Declared } from "../../resilience/observe/declarations.ts";
import { plain } from "../../resilience/observe/field.ts";
import type { Field } from "../../resilience/observe/field.ts";
import { podSpecOf } from "../../resilience/observe/mounts.ts";
import { primaries, uploads } from "../data.ts";
import { Findings } from "../findings.ts";
import { awaitsKeys } from "../keys-awaited.ts";
import { objectsOf } from "../objects.ts";
import type { StackRule, StackView } from "../rule.ts";

export const volumesSurvive: StackRule = {
  name: "volumes-survive",
  kind: "stack",
  what: "Volumes with data outlive the workload that uses them: nothing that an `up` or a rescheduled pod does deletes them.",
  ids: ["R4", "S7.4"],
  why: "A renamed resource, a smaller number of replicas, or a pod on another node would take the data along.",
  fix: "Keep data on claims, retain these (StorageClass, StatefulSet, retainOnDelete), and protect the databases and their namespace.",
  level: "mandatory",
  subject: "a database, or a volume of uploads",
  expected: (view) => !awaitsKeys(view),
  evaluate(view) {
    const findings = new Findings();
    const objects = objectsOf(view);
    const holders = [...clusters(objects), ...sets(objects), ...claims(view, objects)];
    for (const holder of holders) {
      findings.subject();
      survives(objects, holder, findings);
    }
    for (const workload of workloads(objects)) passing(view, objects, workload, findings);
    for (const namespace of new Set(holders.map(({ declared }) => declared.namespace)))
      namespaceStays(objects, namespace, findings);
    return findings.verdict();
  },
};

/** An object whose end would be the end of a volume. */
interface Holder {
  readonly declared: Declared;
  readonly what: string;
  readonly storageClasses: readonly Field[];
  /** Its volumes stay when it goes, whatever their class says; otherwise the object itself must stay. */
  readonly retains: boolean;
  readonly fix: string;
}

/** The operator deletes an instance's claims with the Cluster that owns them (CloudNativePG 1.27). */
function clusters(objects: Declarations): readonly Holder[] {
  return objects.ofKind("postgresql.cnpg.io/Cluster").map((declared) => ({
    declared,
    what: `Cluster ${declared.name}`,
    storageClasses: [declared.inputs.get("spec", "storage", "storageClass")],
    retains: false,
    fix: "Protect the resource (protect: true), or use a StorageClass with reclaimPolicy Retain.",
  }));
}

/** Claims of a StatefulSet stay unless it says otherwise (Kubernetes 1.33, persistentVolumeClaimRetentionPolicy). */
function sets(objects: Declarations): readonly Holder[] {
  return objects.ofKind("apps/StatefulSet").flatMap((declared) => {
    const spec = declared.inputs.get("spec");
    const templates = spec.get("volumeClaimTemplates").items();
    if (templates.length === 0) return [];
    const policy = spec.get("persistentVolumeClaimRetentionPolicy");
    return {
      declared,
      what: `StatefulSet ${declared.name}`,
      storageClasses: templates.map((template) => template.get("spec", "storageClassName")),
      retains: ["whenDeleted", "whenScaled"].every(
        (when) => policy.get(when).absent || policy.get(when).value === "Retain",
      ),
      fix: "Set persistentVolumeClaimRetentionPolicy to Retain for whenDeleted and whenScaled.",
    };
  });
}

function claims({ system }: StackView, objects: Declarations): readonly Holder[] {
  return uploads(system).flatMap(({ urn }) => {
    const declared = objects.byUrn(urn);
    if (!declared) return [];
    return {
      declared,
      what: `PersistentVolumeClaim ${declared.name}`,
      storageClasses: [declared.inputs.get("spec", "storageClassName")],
      retains: false,
      fix: "Set retainOnDelete or protect on the claim, or use a StorageClass with reclaimPolicy Retain.",
    };
  });
}

function survives(objects: Declarations, holder: Holder, findings: Findings): void {
  const { declared, what, storageClasses, retains, fix } = holder;
  if (retains || storageClasses.every((name) => isRetained(objects, declared.site, name))) return;
  const { protect, retainOnDelete } = declared.resource;
  if (protect === true || (retainOnDelete === true && declared.kind === "/PersistentVolumeClaim")) return;
  // A StatefulSet that deletes its claims does so when it is scaled, too: keeping the resource is not enough.
  if (protect === undefined || (retainOnDelete === undefined && declared.kind === "/PersistentVolumeClaim"))
    return findings.wait(
      `${what}: whether its resource is kept when it leaves the program is not told here; \`holdfast plan\` and \`check\` judge it`,
    );
  const policy = storageClasses.map((name) => plain(name) ?? "the default one").join(", ");
  findings.add(
    declared.urn,
    `the volumes of ${what} go with it: it is not kept when it leaves the program, and nothing declares that their StorageClass (${policy}) retains them. ${fix}`,
  );
}

/** Only a class of this stack says what becomes of its volumes; without a word they are deleted (Kubernetes 1.33). */
function isRetained(objects: Declarations, site: string, name: Field): boolean {
  const declared = objects
    .ofKind("storage.k8s.io/StorageClass", site)
    .find((storageClass) => storageClass.name === plain(name));
  return declared?.inputs.get("reclaimPolicy").value === "Retain";
}

function workloads(objects: Declarations): readonly Declared[] {
  return ["apps/Deployment", "apps/StatefulSet"].flatMap((kind) => objects.ofKind(kind));
}

/** Data on a volume that ends with the pod, or stays behind on one node. */
function passing(view: StackView, objects: Declarations, workload: Declared, findings: Findings): void {
  const podSpec = podSpecOf(workload);
  const data = dataPaths(view, objects, workload);
  for (const volume of podSpec.get("volumes").items()) {
    const name = plain(volume.get("name")) ?? "";
    const kind = ["emptyDir", "hostPath", "ephemeral"].find((one) => !volume.get(one).absent);
    if (kind === undefined || !data(name)) continue;
    findings.add(
      workload.urn,
      `${workload.kind.split("/")[1] ?? ""} ${workload.name} keeps data on volume ${name}, an ${kind}: it ${kind === "hostPath" ? "stays behind on the node when the pod moves" : "is deleted with the pod"}. Use a PersistentVolumeClaim.`,
    );
  }
}

/** Which volumes of a workload hold data: where mongod keeps its files, and what a service declares as uploads where writes go. */
function dataPaths(view: StackView, objects: Declarations, workload: Declared): (volume: string) => boolean {
  const component = objects.ancestor(workload, "holdfast:platform:Service");
  // A standby's service writes no uploads: its volume is empty, and meant to go with the pod.
  const declared = primaries(view.system).length === 0 ? [] : (component?.inputs.get("volumes").items() ?? []);
  const uploaded = declared
    .filter((volume) => volume.get("content").value !== "cache")
    .map((volume) => plain(volume.get("name")));
  const isMember = view.system.mongo.some(({ members }) =>
    members.some(({ urn, arbiter }) => urn === workload.urn && !arbiter),
  );
  const mounted = isMember ? databasePaths(podSpecOf(workload)) : [];
  return (volume) => uploaded.includes(volume) || mounted.includes(volume);
}

/** Volumes at mongod's `--dbpath`; `/data/db` without one (MongoDB 7.0). */
function databasePaths(podSpec: Field): readonly string[] {
  return podSpec
    .get("containers")
    .items()
    .flatMap((container) => {
      const words = [...container.get("command").items(), ...container.get("args").items()].map(plain);
      if (!words.includes("mongod")) return [];
      const path = words.includes("--dbpath") ? words[words.indexOf("--dbpath") + 1] : "/data/db";
      return container
        .get("volumeMounts")
        .items()
        .filter((mount) => plain(mount.get("mountPath")) === path)
        .flatMap((mount) => plain(mount.get("name")) ?? []);
    });
}

function namespaceStays(objects: Declarations, name: string, findings: Findings): void {
  const namespace = objects.ofKind("/Namespace").find((one) => one.name === name);
  if (!namespace) return;
  const { protect, retainOnDelete } = namespace.resource;
  if (protect === true || retainOnDelete === true) return;
  if (protect === undefined) return findings.wait(`Namespace ${name}: whether it is protected is not told here`);
  findings.add(
    namespace.urn,
    `Namespace ${name} holds data and is not protected: deleted, it takes every claim in it along. Set protect on it.`,
  );
}
