import type { Manifest } from "./plan.ts";

interface Template {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec: { readonly volumes?: readonly unknown[] };
}

interface StatefulSetSpec {
  readonly template: Template;
  readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
}

/** The pod that a workload's controller would make, or undefined when the object makes none. */
export function podOf({ kind, metadata, spec }: Manifest): Manifest | undefined {
  const template = templateOf(kind, spec);
  if (template === undefined) return undefined;
  const { name, namespace } = metadata;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `${kind.toLowerCase()}-${name}`,
      ...(namespace && { namespace }),
      labels: template.metadata?.labels,
    },
    spec: template.spec,
  } as Manifest;
}

function templateOf(kind: string, spec: unknown): Template | undefined {
  switch (kind) {
    case "StatefulSet":
      return withClaims(spec as StatefulSetSpec);
    case "Deployment":
    case "DaemonSet":
    case "Job":
      return (spec as { template: Template }).template;
    case "CronJob":
      return (spec as { jobTemplate: { spec: { template: Template } } }).jobTemplate.spec.template;
    default:
      return undefined;
  }
}

/** The template with a volume for each claim, as the StatefulSet's controller adds them. */
function withClaims({ template, volumeClaimTemplates = [] }: StatefulSetSpec): Template {
  const claims = volumeClaimTemplates.map(({ metadata: { name } }) => ({
    name,
    persistentVolumeClaim: { claimName: name },
  }));
  return { ...template, spec: { ...template.spec, volumes: [...(template.spec.volumes ?? []), ...claims] } };
}
