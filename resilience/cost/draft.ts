import type { Fact } from "../fact.ts";
import { valueOf } from "../fact.ts";
import type { Declarations, Declared } from "../observe/declarations.ts";
import type { System } from "../system.ts";
import type { CostLine } from "./cost.ts";

/** A line before the price table is asked. */
export interface Draft extends Omit<CostLine, "price" | "monthly" | "most"> {
  /** The quantity when autoscaling has grown as far as it may. */
  readonly mostQuantity?: number;
  /** A price that a resource declares itself, instead of the table. */
  readonly ownPrice?: number;
}

/** What a reader found: what is paid for, and what it could not tell. */
export interface Found {
  readonly lines: readonly Draft[];
  /** Sentences, each naming its site. */
  readonly unknown: readonly string[];
}

/** One site, with what the readers need of it. */
export interface SiteView {
  readonly site: string;
  readonly zone: Declared;
  readonly declarations: Declarations;
  readonly system: System;
  /** Its resources of the provider, types without their API version: `containerservice:ManagedCluster`. */
  readonly azure: readonly AzureResource[];
}

export interface AzureResource extends Declared {
  readonly azureType: string;
}

export const NOTHING: Found = { lines: [], unknown: [] };

export function together(found: readonly Found[]): Found {
  return { lines: found.flatMap(({ lines }) => lines), unknown: found.flatMap(({ unknown }) => unknown) };
}

/** `azure-native:containerservice/v20250801:ManagedCluster` → `containerservice:ManagedCluster`; undefined: not Azure's. */
export function azureTypeOf(type: string): string | undefined {
  const match = /^azure-native(?:_[^:]+)?:([^:/]+)(?:\/[^:]+)?:([^:]+)$/.exec(type);
  return match ? `${match[1]}:${match[2]}` : undefined;
}

export function ofAzureType({ azure }: SiteView, azureType: string): readonly AzureResource[] {
  return azure.filter((resource) => resource.azureType === azureType);
}

/** The value; otherwise `undefined`, and a sentence that says what it leaves open. */
export function wanted<T>(fact: Fact<T>, site: string, what: string, unknown: string[]): T | undefined {
  if (fact.state !== "known") unknown.push(`${site}: ${what}: ${fact.why}`);
  return valueOf(fact);
}

/** `1 × P4`, `3 × P4`. */
export const times = (count: number, what: string): string => `${count} × ${what}`;
