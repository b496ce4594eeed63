import type { StackResources } from "../resource.ts";
import type { System } from "../system.ts";
import { observeBackupStores } from "./backup-stores.ts";
import { observeBackups } from "./backups.ts";
import { observeCertificates } from "./certificates.ts";
import { Declarations } from "./declarations.ts";
import { observeNameServers } from "./dns.ts";
import { Hosts } from "./hosts.ts";
import { observeIsolation } from "./isolation.ts";
import { observeLinks } from "./links.ts";
import { observeMongo } from "./mongo.ts";
import { observePostgres } from "./postgres.ts";
import { observeProxies } from "./proxies.ts";
import { observeServices, observeVolumes } from "./services.ts";
import { observeSite } from "./sites.ts";
import { observePromises, observeWorkload, sitesOf, zoneOf } from "./zones.ts";

/**
 * What is deployed, read from the declared resources of one or more sites and from nothing else: not from the topology,
 * and not from labels made for it. What can't be read is `unknown` with the reason, or listed in `unread`; a site whose
 * stack is not given leaves unknown what leads there. Secret values are not needed.
 *
 * @throws InputError, naming every fault at once, for a stack without a Zone and for two stacks of one site
 */
export function observe(stacks: readonly StackResources[]): System {
  const declarations = new Declarations(sitesOf(stacks));
  const zones = declarations.sites.map((site) => zoneOf(declarations, site));
  const sites = zones.map((zone) => observeSite(declarations, zone));
  const hosts = new Hosts(declarations);
  const mongo = observeMongo(declarations, hosts);
  const postgres = observePostgres(declarations, hosts);
  const proxies = observeProxies(declarations, hosts);
  const services = observeServices(declarations, hosts, proxies, mongo);
  const nameServers = observeNameServers(declarations, sites);
  return {
    sites,
    links: observeLinks(declarations, hosts),
    postgres,
    mongo,
    services,
    proxies,
    nameServers,
    volumes: observeVolumes(declarations, services),
    backups: observeBackups(declarations, hosts, postgres),
    backupStores: zones.flatMap((zone) => observeBackupStores(declarations, zone)),
    certificates: observeCertificates(declarations, hosts, nameServers),
    isolation: observeIsolation(declarations, hosts.gateways),
    workload: observeWorkload(zones),
    promises: observePromises(zones),
    // Last: each reader above may have added to it.
    unread: declarations.unread,
  };
}
