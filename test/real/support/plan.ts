import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { topologies } from "../../../topologies/index.ts";
import { fromLauncher } from "./machine.ts";

/** As much of a Kubernetes object as the tests look at. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

/** What one site's cluster would get. */
export interface SitePlan {
  readonly topology: string;
  readonly site: string;
  readonly files: readonly string[];
  readonly manifests: readonly Manifest[];
}

/** The topologies in which one site stands by for another. */
export const pairs = topologies.filter(({ sites }) => sites.some(({ role }) => role === "standby"));

const folders = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

/** The objects in a file of one or more YAML documents. */
export function readManifests(file: string): readonly Manifest[] {
  return parseAllDocuments(readFileSync(file, "utf8"))
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
}

/** Every site of every planned topology. Throws when there is none: a test over nothing would pass. */
export function plannedSites(): readonly SitePlan[] {
  const plan = fromLauncher("HOLDFAST_PLAN");
  const sites = folders(plan).flatMap((topology) =>
    folders(join(plan, topology))
      .map((site) => ({ topology, site, folder: join(plan, topology, site, "manifests") }))
      .filter(({ folder }) => existsSync(folder))
      .map(({ topology, site, folder }) => {
        const files = readdirSync(folder)
          .filter((name) => name.endsWith(".yaml"))
          .sort()
          .map((name) => join(folder, name));
        return { topology, site, files, manifests: files.flatMap(readManifests) };
      }),
  );
  if (sites.length === 0) throw new Error(`no planned site in ${plan}`);
  return sites;
}

/** The site of a topology. */
export function plannedSite(topology: string, site: string): SitePlan {
  const found = plannedSites().find((plan) => plan.topology === topology && plan.site === site);
  if (found === undefined) throw new Error(`site ${site} of ${topology} is not planned`);
  return found;
}

/** The one object of a kind and name. */
export function planned(site: SitePlan, kind: string, name: string, namespace?: string): Manifest {
  const found = site.manifests.filter(
    ({ kind: k, metadata }) =>
      k === kind && metadata.name === name && (namespace === undefined || metadata.namespace === namespace),
  );
  const [only] = found;
  if (only === undefined || found.length > 1)
    throw new Error(`${found.length} objects ${kind} ${name} at ${site.site}, not 1`);
  return only;
}

/** A text of a planned ConfigMap. */
export function plannedText(site: SitePlan, configMap: string, key: string, namespace?: string): string {
  const data = planned(site, "ConfigMap", configMap, namespace)["data"] as Readonly<Record<string, string>> | undefined;
  const text = data?.[key];
  if (text === undefined) throw new Error(`ConfigMap ${configMap} at ${site.site} has no ${key}`);
  return text;
}
