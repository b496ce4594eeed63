import type { PolicyResource } from "@pulumi/policy";
import { readFacts } from "../resilience/read-value.ts";
import { PENDING, stackOfUrn } from "../resilience/resource.ts";
import type { Resource, StackResources } from "../resilience/resource.ts";
import { maskSecrets } from "./secrets.ts";

type Properties = Readonly<Record<string, unknown>>;

/** What was declared of each resource, by URN, as the engine told it before the resource was made. */
export type DeclaredInputs = ReadonlyMap<string, Properties>;

/**
 * The resources of a stack as the analysis reads them. A stack policy is given outputs; what was declared came before, one
 * resource at a time, and holds where it is known. Of a component both are facts about it, as in a file.
 *
 * @param found takes every secret text that was masked
 */
export function stackOf(
  resources: readonly PolicyResource[],
  declared: DeclaredInputs,
  found: Set<string>,
): StackResources {
  const [first] = resources;
  return {
    stack: stackOfUrn(first?.urn ?? ""),
    origin: "policy pack",
    resources: resources.map((resource) => resourceOf(resource, declared.get(resource.urn), found)),
  };
}

function resourceOf(resource: PolicyResource, declared: Properties | undefined, found: Set<string>): Resource {
  const { urn, type, name, opts, parent, provider, dependencies, propertyDependencies } = resource;
  const component = provider === undefined;
  const outputs = (): Properties => readProperties(type, resource.props, found);
  return {
    urn,
    type,
    name,
    inputs: declared === undefined ? outputs() : component ? { ...outputs(), ...declared } : declared,
    ...(parent ? { parent: parent.urn } : {}),
    dependencies: dependencies.map((one) => one.urn),
    propertyDependencies: Object.fromEntries(
      Object.entries(propertyDependencies).map(([key, list]) => [key, list.map((one) => one.urn)]),
    ),
    protect: opts.protect,
  };
}

/** Property values with secret and unknown ones as their stand-ins. */
export function readProperties(type: string, properties: Properties, found: Set<string>): Properties {
  return readFacts({ ...maskSecrets(type, plainObject(properties), found) });
}

/**
 * The values behind the proxies of @pulumi/policy, which throw for one that only an `up` knows. The engine turns a policy
 * that lets such an error pass into an advisory one, whatever else it found.
 */
function plainObject(proxy: Properties): Record<string, unknown> {
  return Object.fromEntries(Object.keys(proxy).map((key) => [key, readKey(proxy, key)]));
}

function readKey(proxy: Properties, key: string): unknown {
  try {
    return plainValue(proxy[key]);
  } catch (error) {
    if (isUnknownValue(error)) return PENDING;
    throw error;
  }
}

function plainValue(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const object = value as Properties;
  const plain = plainObject(object);
  return Array.isArray(value) ? Object.values(plain) : plain;
}

/** The error's class is not exported (1.21); a nested proxy throws it for its own keys, so it never crosses a level. */
function isUnknownValue(error: unknown): boolean {
  return error instanceof Error && error.constructor.name === "UnknownValueError";
}
