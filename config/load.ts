import type { z } from "zod";
import { defaultTopology, findTopology, primaryOf, topologies } from "../topologies/index.ts";
import type { Topology } from "../topologies/types.ts";
import { crossChecks } from "./cross-checks.ts";
import { nearest } from "./nearest.ts";
import { InputError } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { platformSchema, rebuiltSchema, siteSchema } from "./schema.ts";
import type { PlatformConfig, SiteConfig } from "./schema.ts";
import { problemsOf, show } from "./zod-problems.ts";

const NAMESPACE = "holdfast";
const PLATFORM_KEYS = Object.keys(platformSchema.shape) as (keyof PlatformConfig)[];
const OTHER_KEYS = ["topology", "active", "promotion", "rebuilt", "site"] as const;

/** The secrets that every stack may hold, each with the reason why. */
const SECRETS = {
  kubeconfig: "how the stack reaches its cluster; without it the ambient kubeconfig is used",
  alertWebhook: "the address to which alerts are posted; without it they are seen in Prometheus alone",
  backupAccessKeyId: "the key by which backups are written to this site's store",
  backupSecretAccessKey: "the secret half of that key",
} as const;

/** Config as the engine hands it over: full key (`holdfast:site`) → text, objects as JSON. */
export interface RawConfig {
  readonly stack: string;
  readonly values: Readonly<Record<string, string>>;
  readonly isSecret: (key: string) => boolean;
}

/** One stack's config, checked: nothing in it can be wrong in itself. */
export interface HoldfastConfig {
  readonly topology: Topology;
  readonly site: string;
  /** The site that takes the writes. */
  readonly active: string;
  /** `planned`: with the token of the former primary; `forced`: without, when it is dead. */
  readonly promotion: "planned" | "forced";
  /** Set once this site's PostgreSQL was lost: from which site, and the how many-th time it is made anew. */
  readonly rebuilt: { readonly from: string; readonly times: number } | undefined;
  readonly platform: PlatformConfig;
  readonly facts: SiteConfig;
  /** Keys (without namespace) of the secrets that this stack needs. */
  readonly secrets: readonly string[];
}

/**
 * Checks the whole config of a stack before any resource is registered.
 *
 * @throws InputError with every fault in it, each with path, rule, value and fix
 */
export function loadConfig(raw: RawConfig): HoldfastConfig {
  const problems: Problem[] = [];
  const read = new Reader(raw, problems);
  const topology = read.topology();
  const active = read.oneOf(
    "active",
    topology?.sites.map(({ name }) => name) ?? [raw.stack],
    topology && primaryOf(topology),
  );
  const promotion = read.oneOf("promotion", ["planned", "forced"], "planned");
  const platform = read.object(
    platformSchema,
    Object.fromEntries(PLATFORM_KEYS.map((key) => [key, read.json(key)])),
    "",
  );
  const site = read.json("site");
  const facts = read.object(siteSchema, site, "site");
  const rebuiltValue = read.json("rebuilt");
  const rebuilt = rebuiltValue === undefined ? undefined : read.object(rebuiltSchema, rebuiltValue, "rebuilt");
  const secrets = requiredSecrets(raw, platform?.services ?? []);
  read.unknownKeys(platform !== undefined, [
    ...PLATFORM_KEYS,
    ...OTHER_KEYS,
    ...Object.keys(SECRETS),
    ...pullKeys(raw),
    ...secrets,
  ]);
  read.secrets(secrets);
  if (platformOf(raw) === "aks") read.refuseKubeconfig();
  problems.push(...crossChecks({ platform, facts, site, topology }, raw.stack));
  if (problems.length > 0 || !topology || !active || !promotion || !platform || !facts) {
    throw new InputError(`Config of stack ${raw.stack}`, problems);
  }
  return {
    topology,
    site: raw.stack,
    active,
    promotion: promotion as HoldfastConfig["promotion"],
    rebuilt,
    platform,
    facts,
    secrets,
  };
}

/** The secrets without which an `up` of the stack fails: what its services and its backups need. */
export function requiredSecrets(
  raw: RawConfig,
  services: readonly { readonly secrets: Readonly<Record<string, string>> }[],
): readonly string[] {
  const ofServices = services.flatMap(({ secrets }) => Object.values(secrets));
  // On a provider's platform the pods have an identity of their own instead of keys.
  const ofStore = platformOf(raw) === "existing" ? ["backupAccessKeyId", "backupSecretAccessKey"] : [];
  return [...new Set([...ofStore, ...ofServices, ...pullKeys(raw)])];
}

/** Read past the schema: a fault elsewhere in the site changes nothing. */
function platformOf({ values }: RawConfig): unknown {
  try {
    const site = JSON.parse(values[`${NAMESPACE}:site`] ?? "{}") as { readonly platform?: unknown } | null;
    return site?.platform ?? "existing";
  } catch {
    return "existing";
  }
}

/** A site that pulls copies from another holds a key that can read there. */
function pullKeys({ stack, values }: RawConfig): readonly string[] {
  const topology = findTopology(values[`${NAMESPACE}:topology`] ?? "") ?? defaultTopology(stack);
  const sources = (topology?.backups.copies ?? []).filter(({ to }) => to === stack).map(({ from }) => from);
  return sources.flatMap((from) => [pullAccessKeyId(from), pullSecretAccessKey(from)]);
}

export const pullAccessKeyId = (from: string): string => `pull-${from}-accessKeyId`;
export const pullSecretAccessKey = (from: string): string => `pull-${from}-secretAccessKey`;

/** Reads single keys, and notes what is wrong with them. */
class Reader {
  readonly #raw: RawConfig;
  readonly #problems: Problem[];

  constructor(raw: RawConfig, problems: Problem[]) {
    this.#raw = raw;
    this.#problems = problems;
  }

  topology(): Topology | undefined {
    const { stack } = this.#raw;
    const names = topologies.map(({ name }) => name);
    const given = this.#text("topology");
    const topology = given === undefined ? defaultTopology(stack) : findTopology(given);
    if (!topology) {
      const value = given ?? `nothing, and no topology has a site ${stack}`;
      this.#add("topology", `one of ${names.join(", ")}`, value, fixByName("topology", given ?? "", names, stack));
    } else if (!topology.sites.some(({ name }) => name === stack)) {
      const sites = topology.sites.map(({ name }) => name);
      this.#add(
        "topology",
        `a topology that has the site of this stack`,
        `${topology.name}, which has ${sites.join(" and ")}`,
        `use one of these stacks, or name a topology with a site ${stack}`,
      );
      return undefined;
    }
    return topology;
  }

  oneOf(key: string, allowed: readonly string[], fallback: string | undefined): string | undefined {
    const given = this.#text(key);
    if (given === undefined) return fallback;
    if (allowed.includes(given)) return given;
    this.#add(key, `one of ${allowed.join(", ")}`, show(given), fixByName(key, given, allowed, this.#raw.stack));
    return undefined;
  }

  /** A key's value: JSON where it is JSON, text otherwise (a scalar is never quoted by the engine). */
  json(key: string): unknown {
    const text = this.#text(key);
    if (text === undefined || !/^[[{]/.test(text.trim())) return text;
    try {
      return JSON.parse(text) as unknown;
    } catch (error) {
      this.#add(key, "YAML or JSON that can be read", show(text), `mend it: ${(error as Error).message}`);
      return undefined;
    }
  }

  object<T extends z.ZodType>(schema: T, value: unknown, prefix: string): z.output<T> | undefined {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    const name = `${NAMESPACE}:${prefix}`;
    this.#problems.push(
      ...problemsOf(result.error, schema, value, (path) =>
        this.#where(prefix ? `${name}${path}` : `${name}${path.replace(/^\./, "")}`),
      ),
    );
    return undefined;
  }

  /** Which secrets are known is told by the services: while these can't be read, no secret is called unknown. */
  unknownKeys(servicesAreRead: boolean, allowed: readonly string[]): void {
    for (const key of Object.keys(this.#raw.values)) {
      const [namespace, name] = [key.slice(0, key.indexOf(":")), key.slice(key.indexOf(":") + 1)];
      if (namespace !== NAMESPACE || allowed.includes(name)) continue;
      if (!servicesAreRead && this.#raw.isSecret(key)) continue;
      const near = nearest(name, allowed);
      this.#add(
        name,
        "a key that Holdfast knows",
        "a key it does not know",
        near ? `did you mean holdfast:${near}? otherwise: pulumi config rm ${key}` : `pulumi config rm ${key}`,
      );
    }
  }

  secrets(required: readonly string[]): void {
    for (const name of new Set([...required, ...Object.keys(SECRETS)])) {
      const key = `${NAMESPACE}:${name}`;
      const present = this.#raw.values[key] !== undefined;
      if (!present && required.includes(name)) {
        this.#add(name, "a secret", "nothing", `pulumi config set --secret ${key} -s ${this.#raw.stack}`);
      } else if (present && !this.#raw.isSecret(key)) {
        this.#add(
          name,
          "a secret, encrypted in the stack file",
          "plain text",
          `pulumi config set --secret ${key} -s ${this.#raw.stack}, and change the value: it has been written down`,
        );
      }
    }
  }

  /** It would be left aside, and whoever set it would take another cluster for the one that is deployed to. */
  refuseKubeconfig(): void {
    if (this.#text("kubeconfig") === undefined) return;
    this.#add(
      "kubeconfig",
      "no kubeconfig where the platform is aks: the cluster is made here, and Azure tells how to reach it",
      "a kubeconfig",
      `pulumi config rm ${NAMESPACE}:kubeconfig -s ${this.#raw.stack}, or name another platform in holdfast:site`,
    );
  }

  #text(key: string): string | undefined {
    return this.#raw.values[`${NAMESPACE}:${key}`];
  }

  #where(path: string): string {
    return `${path} of stack ${this.#raw.stack}`;
  }

  #add(key: string, rule: string, value: string, fix: string): void {
    this.#problems.push({ offender: this.#where(`${NAMESPACE}:${key}`), rule, value, fix });
  }
}

function fixByName(key: string, given: string, names: readonly string[], stack: string): string {
  return `pulumi config set holdfast:${key} ${nearest(given, names) ?? names[0] ?? "<name>"} -s ${stack}`;
}
