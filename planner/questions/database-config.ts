import type { Resource } from "../../resilience/resource.ts";
import type { ProgramResult } from "../harness.ts";
import { isObject } from "../wire.ts";
import type { Answer } from "./answer.ts";

const COMPONENTS = ["PgPrimaryReplica", "MongoReplicaSet"];

/** Keys of a site's config that only its databases need; everything else about them comes from the topology. */
const SITE_KEYS = ["storageClass"];
const SERVICE_KEYS = ["store", "readPreference", "writeConcern"];

/**
 * N3: values that a user writes for the databases, against the values that the program declares for them.
 *
 * @param configs the text of `holdfast:site` of each site, and of `holdfast:services`, as the stack files give them
 */
export function databaseConfiguration(
  results: readonly ProgramResult[],
  configs: { readonly sites: readonly unknown[]; readonly services: unknown },
): Answer {
  const perSite = configs.sites.map((site) => countKeys(site, SITE_KEYS));
  const services = Array.isArray(configs.services) ? configs.services : [];
  const perService = services.map((service) => countKeys(service, SERVICE_KEYS));
  const written = sum(perSite) + sum(perService);
  const declared = sum(results.map(({ resources }) => sum(databaseResources(resources).map(leaves))));
  return {
    id: "N3",
    question: "How much configuration do the databases need?",
    sentences: [
      `${written} values in the stack files: ${sum(perSite)} for the sites' storage, ${sum(perService)} that say which service uses which store. ` +
        `From these and the topology the program declares ${declared} values in the databases' resources.`,
    ],
  };
}

function countKeys(value: unknown, keys: readonly string[]): number {
  return isObject(value) ? keys.filter((key) => value[key] !== undefined).length : 0;
}

function databaseResources(resources: readonly Resource[]): readonly Resource[] {
  return resources.filter(({ urn }) => COMPONENTS.some((component) => urn.includes(`:${component}$`)));
}

function leaves(value: unknown): number {
  if (Array.isArray(value)) return sum(value.map(leaves));
  if (isObject(value)) return sum(Object.values("inputs" in value ? { inputs: value["inputs"] } : value).map(leaves));
  return value === undefined || value === null ? 0 : 1;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
