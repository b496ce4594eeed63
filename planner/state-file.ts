import type { ProgramResult, RecordedResource } from "./harness.ts";
import { isObject, mapValues, reveal, secret, toState } from "./wire.ts";
import type { WireObject } from "./wire.ts";

const VERSION = 3;
/** A plan has no time of its own: the same program gives the same file. */
const NO_TIME = "0001-01-01T00:00:00Z";

/** A site's plan as `pulumi stack export` would write it after an `up`, with every secret's value masked. */
export function stateFile(result: ProgramResult): WireObject {
  return {
    version: VERSION,
    deployment: {
      manifest: { time: NO_TIME, magic: "", version: "" },
      resources: result.resources.map(stateOf),
      metadata: {},
    },
  };
}

function stateOf(resource: RecordedResource): WireObject {
  const { urn, custom, external, id, type, parent, provider, protect, retainOnDelete } = resource;
  return {
    urn,
    custom,
    ...(id === undefined ? {} : { id }),
    type,
    inputs: masked(type, resource.wireInputs),
    outputs: masked(type, resource.wireOutputs),
    ...(parent === undefined ? {} : { parent }),
    ...(protect ? { protect } : {}),
    ...(external ? { external } : {}),
    dependencies: [...resource.dependencies],
    ...(provider === undefined ? {} : { provider }),
    propertyDependencies: resource.propertyDependencies,
    ...(retainOnDelete ? { retainOnDelete } : {}),
  };
}

/** A Kubernetes Secret tells which keys it holds, whatever was marked as secret, and none of their values. */
function masked(type: string, properties: WireObject): unknown {
  if (type !== "kubernetes:core/v1:Secret") return toState(properties);
  const shown = { ...properties };
  for (const key of ["data", "stringData"]) {
    const entries = reveal(shown[key]);
    if (isObject(entries)) shown[key] = mapValues(entries, secret);
  }
  return toState(shown);
}
