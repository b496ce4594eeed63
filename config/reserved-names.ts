/**
 * Names that the platform's own objects have in the namespace of the services, or that other programs give to theirs:
 * `default` is the ServiceAccount that Kubernetes makes.
 */
const RESERVED_NAMES: ReadonlySet<string> = new Set(["default", "gateway", "mongo", "nameserver", "notice", "proxy"]);

/** Starts of such names; what follows is a site's name, a number or a purpose. */
export const RESERVED_PREFIXES = ["backup-", "mongo-", "pg-", "postgres-", "proxy-", "restore-test-"] as const;

/** May a service not have this name? */
export function isReserved(name: string): boolean {
  return RESERVED_NAMES.has(name) || RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix));
}
