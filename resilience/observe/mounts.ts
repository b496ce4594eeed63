import type { Declarations, Declared } from "./declarations.ts";
import { plain } from "./field.ts";
import type { Field } from "./field.ts";

/** A key of a ConfigMap that the pods of a workload mount. */
export interface ConfigFile {
  readonly name: string;
  readonly configMap: Declared;
  readonly content: Field;
}

/** The files that a pod finds in its mounted ConfigMaps. */
export function configFiles(declarations: Declarations, workload: Declared, podSpec: Field): readonly ConfigFile[] {
  const names = podSpec
    .get("volumes")
    .items()
    .flatMap((volume) => [
      volume.get("configMap", "name"),
      ...volume
        .get("projected", "sources")
        .items()
        .map((source) => source.get("configMap", "name")),
    ]);
  return names.flatMap((name) => {
    const configMap = declarations.find(workload.site, "/ConfigMap", workload.namespace, plain(name) ?? "");
    if (!configMap) return [];
    return configMap.inputs
      .get("data")
      .entries()
      .map(([key, content]) => ({ name: key, configMap, content }));
  });
}

/** Names of the PersistentVolumeClaims that a pod mounts. */
export function claimsOf(podSpec: Field): readonly string[] {
  return podSpec
    .get("volumes")
    .items()
    .flatMap((volume) => plain(volume.get("persistentVolumeClaim", "claimName")) ?? []);
}

export function podSpecOf(workload: Declared): Field {
  return workload.inputs.get("spec", "template", "spec");
}
