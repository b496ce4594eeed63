import type { Problem } from "../config/problem.ts";
import type { Peer, SiteContext } from "./context.ts";
import { backupJobs, pulledSites, STORE_PORT } from "./backup-plan.ts";

/** A CronJob adds 11 characters to its name for a Job's, which has 63 at the most (Kubernetes' CronJob reference). */
const LONGEST_NAME = 52;

/** What forbids the plan of a site: every fault at once. */
export function backupProblems(
  context: SiteContext,
  peers: readonly Peer[],
  pulled: readonly string[],
): readonly Problem[] {
  const problems: Problem[] = [];
  const jobs = backupJobs(context, peers);
  const names = jobs.map(({ name }) => name);
  for (const name of new Set(names.filter((candidate, index) => names.indexOf(candidate) !== index))) {
    problems.push({
      offender: "holdfast:services[].volumes[].name",
      rule: "a service's and a volume's name that together name one volume only",
      reason: "its claim and its backups are named <service>-<volume>",
      value: `${name}, twice`,
      fix: "give one of the two volumes another name",
    });
  }
  for (const name of names.filter(({ length }) => length > LONGEST_NAME)) {
    problems.push({
      offender: "holdfast:services[].volumes[].name",
      rule: `a name of at most ${LONGEST_NAME} characters for the backup's CronJob`,
      value: `${name} (${name.length})`,
      fix: `take ${name.length - LONGEST_NAME} characters from the service's or the volume's name`,
    });
  }
  const endpoint = new URL(context.facts.backupStore.endpoint);
  if (endpoint.hostname.startsWith("[")) {
    problems.push({
      offender: "holdfast:site.backupStore.endpoint",
      rule: "a host name or an IPv4 address",
      reason: "the tunnel between the sites carries IPv4",
      value: context.facts.backupStore.endpoint,
      fix: "give the store's name or its IPv4 address",
    });
  } else if (!isAddress(endpoint.hostname) && portOf(endpoint) !== STORE_PORT) {
    problems.push({
      offender: "holdfast:site.backupStore.endpoint",
      rule: `port ${STORE_PORT} when the store is given by its host name`,
      reason: "the other sites reach it through a Service that is an alias of that name, and an alias keeps the port",
      value: context.facts.backupStore.endpoint,
      fix: `let the store listen on port ${STORE_PORT}, or give its IP address`,
    });
  }
  for (const from of pulledSites(context).filter((site) => !pulled.includes(site))) {
    problems.push({
      offender: `holdfast:pull-${from}-accessKeyId`,
      rule: `a key that reads the store of ${from}`,
      reason: `${context.site} pulls the weekly copy from there`,
      value: "nothing",
      fix: `make a key that may only list and read in the bucket of ${from}, and set both halves as secrets of this stack`,
    });
  }
  return problems;
}

/** Is it an IPv4 address, and not a host name? */
export const isAddress = (host: string): boolean => /^\d{1,3}(\.\d{1,3}){3}$/.test(host);

export function portOf({ port, protocol }: URL): number {
  return port ? Number(port) : protocol === "https:" ? 443 : 80;
}
