import type { Declared } from "./declarations.ts";
import { plain } from "./field.ts";
import type { Field } from "./field.ts";
import { podSpecOf } from "./mounts.ts";

/** Is it a Traefik that reads the cluster's custom resources? */
export function isTraefik(workload: Declared): boolean {
  return podSpecOf(workload)
    .get("containers")
    .items()
    .some(
      (container) =>
        /(^|\/)traefik([:@]|$)/.test(plain(container.get("image")) ?? "") ||
        argsOf(container).some((arg) => /^--providers\.kubernetescrd/i.test(arg)),
    );
}

/** Command and arguments of a container, as far as they are plain. */
export function argsOf(container: Field): readonly string[] {
  return [...container.get("command").items(), ...container.get("args").items()].flatMap((arg) => plain(arg) ?? []);
}
