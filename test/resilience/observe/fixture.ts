import type { Resource, StackResources } from "../../../resilience/resource.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A Kubernetes object as anybody might have declared it. */
export function object(
  site: string,
  apiVersion: string,
  kind: string,
  name: string,
  rest: Fields,
  namespace = "platform",
): Resource {
  return resource(site, `kubernetes:${apiVersion}:${kind}`, `${namespace}-${kind}-${name}`, {
    apiVersion,
    kind,
    metadata: { name, namespace },
    ...rest,
  });
}

export function resource(site: string, type: string, name: string, inputs: Fields): Resource {
  return {
    urn: `urn:pulumi:${site}::own::${type}::${name}`,
    type,
    name,
    inputs,
    dependencies: [],
    propertyDependencies: {},
  };
}

/** A stack of one site with the least that a Zone must say. */
export function stack(site: string, resources: readonly Resource[], facts: Fields = {}): StackResources {
  return {
    stack: site,
    origin: `${site}.json`,
    resources: [resource(site, "holdfast:platform:Zone", "zone", { site, ...facts }), ...resources],
  };
}
