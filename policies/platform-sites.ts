import type { StackResources } from "../resilience/resource.ts";

const ZONE = "holdfast:platform:Zone";

/** Is this stack the whole platform? The Zone names all sites of its topology; if it does not, the stack may be one of several. */
export function alone({ resources }: StackResources): boolean {
  const sites = resources.find(({ type }) => type === ZONE)?.inputs["topologySites"];
  return Array.isArray(sites) && sites.length === 1;
}
