import type { Problem } from "../config/problem.ts";
import type { SiteConfig } from "../config/schema.ts";
import { STORE_PORT } from "./backup-places.ts";

/** What keeps the other sites from a site's store. */
export function storeProblems(facts: SiteConfig): readonly Problem[] {
  // A blob account has a public name of Azure's own.
  if (facts.platform !== "existing") return [];
  const { backupStore } = facts;
  const problems: Problem[] = [];
  const endpoint = new URL(backupStore.endpoint);
  if (endpoint.hostname.startsWith("[")) {
    problems.push({
      offender: "holdfast:site.backupStore.endpoint",
      rule: "a host name or an IPv4 address",
      reason: "the tunnel between the sites carries IPv4",
      value: backupStore.endpoint,
      fix: "give the store's name or its IPv4 address",
    });
  } else if (!isAddress(endpoint.hostname) && portOf(endpoint) !== STORE_PORT) {
    problems.push({
      offender: "holdfast:site.backupStore.endpoint",
      rule: `port ${STORE_PORT} when the store is given by its host name`,
      reason: "the other sites reach it through a Service that is an alias of that name, and an alias keeps the port",
      value: backupStore.endpoint,
      fix: `let the store listen on port ${STORE_PORT}, or give its IP address`,
    });
  }
  return problems;
}

/** Is it an IPv4 address, and not a host name? */
export const isAddress = (host: string): boolean => /^\d{1,3}(\.\d{1,3}){3}$/.test(host);

export function portOf({ port, protocol }: URL): number {
  return port ? Number(port) : protocol === "https:" ? 443 : 80;
}
