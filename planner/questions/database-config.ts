import type { Resource } from "../../resilience/resource.ts";
import type { ProgramResult } from "../harness.ts";
import { readStackConfig } from "../stack-files.ts";
import type { Project } from "../stack-files.ts";
import { isObject } from "../wire.ts";
import type { Answer } from "./answer.ts";

const COMPONENTS = ["PgPrimaryReplica", "MongoReplicaSet"];

/** Keys of a site's config that only its databases need; everything else about them comes from the topology. */
const SITE_KEYS = ["storageClass", "volumes"];
const SERVICE_KEYS = ["store", "readPreference", "writeConcern"];

/** What a user writes of the site stacks and services, as the stack files give it. */
export interface WrittenConfig {
  /** The value of `holdfast:site` of each site. */
  readonly sites: readonly unknown[];
  /** The value of `holdfast:services`. */
  readonly services: unknown;
}

/** Values that a user writes for the databases, against the values that the program declares for them [N3]. */
export interface ConfigurationCount {
  readonly perSite: number;
  readonly perService: number;
  readonly written: number;
  readonly declared: number;
}

/** What stands in the stack files of some sites. */
export function writtenConfig(project: Project, sites: readonly string[]): WrittenConfig {
  const configs = sites.map((site) => readStackConfig(project, site).values);
  const parsed = (text: string | undefined): unknown => (text === undefined ? undefined : JSON.parse(text));
  return {
    sites: configs.map((values) => parsed(values[`${project.name}:site`])),
    services: parsed(configs[0]?.[`${project.name}:services`]),
  };
}

export function countConfiguration(
  results: readonly Pick<ProgramResult, "resources">[],
  configs: WrittenConfig,
): ConfigurationCount {
  const services = Array.isArray(configs.services) ? configs.services : [];
  const perSite = sum(configs.sites.map((site) => countKeys(site, SITE_KEYS)));
  const perService = sum(services.map((service) => countKeys(service, SERVICE_KEYS)));
  const declared = sum(results.map(({ resources }) => sum(databaseResources(resources).map(leaves))));
  return { perSite, perService, written: perSite + perService, declared };
}

/** N3: how much configuration the databases need. */
export function databaseConfiguration(results: readonly ProgramResult[], configs: WrittenConfig): Answer {
  const { perSite, perService, written, declared } = countConfiguration(results, configs);
  return {
    id: "N3",
    question: "How much configuration do the databases need?",
    sentences: [
      `${written} values in the stack files: ${perSite} for the sites' storage, ${perService} that say which service uses which store. ` +
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
