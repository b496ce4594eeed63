import { known, mapFact, unknown } from "../fact.ts";
import type { Fact } from "../fact.ts";
import type { AccountRedundancy, BackupStore } from "../system.ts";
import type { Declarations, Declared } from "./declarations.ts";
import { combine, plain } from "./field.ts";
import type { Field } from "./field.ts";

const ACCOUNT = "azure-native:storage:StorageAccount";
const SERVICE = "azure-native:storage:BlobServiceProperties";
const CONTAINER = "azure-native:storage:BlobContainer";
const ROLE = "azure-native:authorization:RoleAssignment";

const DAY = 86_400;

/**
 * Built-in roles that take no version of a blob away, since they lack `deleteBlobVersion` (Azure built-in roles, 2026):
 * Storage Blob Data Contributor and Storage Blob Data Reader.
 */
const HARMLESS = ["ba92f5b4-2d11-453d-a403-e96b0029c9fe", "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"];

/** Inputs of a Zone that describe a store each. */
export const STORE_FACTS = ["backupStore", "mongoBackupStore"] as const;

/** The backup stores of a site: on an array that its Zone names, or an account in Azure that the stack declares. */
export function observeBackupStores(declarations: Declarations, zone: Declared): readonly BackupStore[] {
  return STORE_FACTS.flatMap((fact) => {
    const store = zone.inputs.get(fact);
    if (store.absent) return [];
    return [store.get("account").absent ? onArray(zone, store) : account(declarations, zone, store)];
  });
}

export const storeName = (zone: Declared, store: Field): string => plain(store.get("name")) ?? `backup-${zone.site}`;

function onArray(zone: Declared, store: Field): BackupStore {
  const array = store.get("array");
  return {
    name: storeName(zone, store),
    site: zone.site,
    urn: zone.urn,
    array: combine(
      [array.text(), store.get("server").text()],
      ([name = "", server = ""]) => ({ server, array: name }),
      array.source,
    ),
    lockedFor: store.get("lockedFor").number(),
    clusterCanDelete: store.get("clusterCanDelete").boolean(),
    retention: store.get("retention").number(),
  };
}

function account(declarations: Declarations, zone: Declared, store: Field): BackupStore {
  const name = store.get("account").text();
  const base = {
    name: storeName(zone, store),
    site: zone.site,
    array: unknown<never>("an account lies on no array that one could know", store.source),
    retention: store.get("retention").number(),
  };
  const found =
    name.state === "known"
      ? declarations.ofType(ACCOUNT, zone.site).find(({ inputs }) => plain(inputs.get("accountName")) === name.value)
      : undefined;
  if (!found || name.state !== "known") {
    const why = name.state === "known" ? `account ${name.value} is not declared at ${zone.site}` : name.why;
    const missing = unknown<never>(why, store.get("account").source);
    return { ...base, urn: zone.urn, redundancy: missing, lockedFor: missing, clusterCanDelete: missing };
  }
  const { inputs } = found;
  return {
    ...base,
    urn: found.urn,
    redundancy: inputs.get("sku", "name").read("Standard_LRS, _ZRS, _GRS or _GZRS, RA- too", redundancyOf),
    region: inputs.get("location").text(),
    lockedFor: lockedFor(inputs),
    clusterCanDelete: canDelete(declarations, zone.site, found, name.value),
  };
}

/** `RA` only lets the copies in the other region be read before a failover; they lie there either way. */
function redundancyOf(sku: unknown): AccountRedundancy | undefined {
  switch (/^(?:Standard|Premium)_(?:RA)?(LRS|ZRS|GRS|GZRS)$/.exec(typeof sku === "string" ? sku : "")?.[1]) {
    case "LRS":
      return "lrs";
    case "ZRS":
      return "zrs";
    case "GRS":
      return "grs";
    case "GZRS":
      return "gzrs";
    default:
      return undefined;
  }
}

const immutability = (account: Field): Field => account.get("immutableStorageWithVersioning", "immutabilityPolicy");

/** An unlocked policy is a trial, which its owner, or whoever holds the account's key, may end: it locks nothing. */
function lockedFor(account: Field): Fact<number> {
  const policy = immutability(account);
  const isLocked = lockOf(account);
  if (isLocked.state !== "known") return mapFact(isLocked, () => 0);
  if (!isLocked.value) return known(0, isLocked.source);
  return mapFact(policy.get("immutabilityPeriodSinceCreationInDays").number(), (days) => days * DAY);
}

function lockOf(account: Field): Fact<boolean> {
  const policy = immutability(account);
  if (policy.absent) return known(false, policy.source);
  const state = policy.get("state");
  return state.absent ? known(false, state.source) : mapFact(state.text(), (text) => text === "Locked");
}

/** A key opens all of its account; without one the roles decide, and a lock holds against both. */
function canDelete(declarations: Declarations, site: string, account: Declared, name: string): Fact<boolean> {
  const isLocked = lockOf(account.inputs);
  if (isLocked.state !== "known") return isLocked;
  if (isLocked.value) return known(false, isLocked.source);
  const keys = account.inputs.get("allowSharedKeyAccess");
  // Azure allows keys where nothing is said.
  const open = keys.absent ? known(true, keys.source) : keys.boolean();
  if (open.state !== "known" || open.value) return open;
  const versions = versioned(declarations, site, account, name);
  if (versions.state !== "known") return versions;
  if (!versions.value) return known(true, versions.source);
  const roles = rolesOn(declarations, site, account, name);
  if (roles.length === 0) return unknown(`who may do what in account ${name} is not declared`, keys.source);
  return combine(
    roles.map(({ inputs }) => inputs.get("roleDefinitionId").text()),
    (ids) => ids.some((id) => !HARMLESS.some((role) => id.endsWith(`/${role}`))),
    { urn: roles[0]?.urn ?? account.urn, path: "roleDefinitionId" },
  );
}

/** Immutability by versions brings versioning along. */
function versioned(declarations: Declarations, site: string, account: Declared, name: string): Fact<boolean> {
  const enabled = account.inputs.get("immutableStorageWithVersioning", "enabled");
  if (enabled.value === true) return known(true, enabled.source);
  const service = ofAccount(declarations, SERVICE, site, account, name)[0];
  const versions = service?.inputs.get("isVersioningEnabled");
  return !versions || versions.absent ? known(false, versions?.source ?? enabled.source) : versions.boolean();
}

function ofAccount(
  declarations: Declarations,
  type: string,
  site: string,
  account: Declared,
  name: string,
): readonly Declared[] {
  return declarations
    .ofType(type, site)
    .filter(
      ({ inputs, resource }) =>
        plain(inputs.get("accountName")) === name ||
        isAmong(resource.propertyDependencies["accountName"], [account.urn]),
    );
}

/** Assignments on the account or its containers: by their scope, or, before that is known, by what it is made of. */
function rolesOn(declarations: Declarations, site: string, account: Declared, name: string): readonly Declared[] {
  const containers = ofAccount(declarations, CONTAINER, site, account, name).map(({ urn }) => urn);
  const scopes = new RegExp(`/storageAccounts/${name}(/|$)`, "i");
  return declarations
    .ofType(ROLE, site)
    .filter(
      ({ inputs, resource }) =>
        scopes.test(plain(inputs.get("scope")) ?? "") ||
        isAmong(resource.propertyDependencies["scope"], [account.urn, ...containers]),
    );
}

const isAmong = (urns: readonly string[] | undefined, wanted: readonly string[]): boolean =>
  urns?.some((urn) => wanted.includes(urn)) === true;
