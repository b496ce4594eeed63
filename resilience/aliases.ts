import type { System } from "./system.ts";
import { zonesOf } from "./zones.ts";

/** Words by which a person may name the commonest faults of a system, with the expression that each stands for. */
export function aliasesOf(system: System): ReadonlyMap<string, string> {
  const aliases = new Map<string, string>();
  const links = new Map(system.links.map(({ from, to }) => [[from, to].sort().join("-"), [from, to] as const]));
  for (const [pair, sites] of links) {
    const expression = `link:${pair}`;
    aliases.set(`${pair}-link-cut`, expression);
    if (links.size === 1) aliases.set("link-cut", expression);
    for (const site of sites) {
      const onlyLink = [...links.values()].filter((other) => other.includes(site)).length === 1;
      if (onlyLink) aliases.set(`${site}-link-cut`, expression);
    }
  }
  for (const site of system.sites) {
    const { name, servers, provider } = site;
    for (const zone of zonesOf(site)) aliases.set(`${name}-zone-${zone}-down`, `zone:${name}/${zone}`);
    if (provider?.state === "known") aliases.set(`${provider.value}-gone`, `provider:${provider.value}`);
    aliases.set(`${name}-down`, `site:${name}`);
    aliases.set(`${name}-disk`, `disk:${name}:1`);
    aliases.set(`${name}-storage-lost`, `storage:${name}`);
    if (system.links.some(({ from }) => from === name)) aliases.set(`${name}-gateway-down`, `gateway:${name}`);
    if (system.nameServers.some(({ site, runsOn }) => site === name && runsOn === "site"))
      aliases.set(`${name}-dns-down`, `dns:${name}`);
    for (const server of servers) aliases.set(`${server.name}-down`, `node:${server.name}`);
  }
  for (const { name, site } of system.services) aliases.set(`${name}-${site}-crash`, `process:${name}@${site}`);
  return aliases;
}
