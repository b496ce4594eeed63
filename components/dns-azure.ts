import { RecordSet, Zone } from "@pulumi/azure-native/dns";
import { Profile } from "@pulumi/azure-native/trafficmanager";
import type * as pulumi from "@pulumi/pulumi";
import type { ManagedDns, Peer, SiteContext } from "./context.ts";
import { aliasHosts, EVERYWHERE, profile, recordSets, relativeName } from "./dns-azure-plan.ts";
import type { RecordSetPlan } from "./dns-azure-plan.ts";

export interface ManagedZoneArgs {
  readonly context: SiteContext;
  readonly peers: readonly Peer[];
  readonly managed: ManagedDns;
  /** This site's public address; a site whose names the provider serves has one. */
  readonly address: pulumi.Input<string>;
}

/**
 * The platform's domain in Azure DNS, and the Traffic Manager profile to which its public hosts lead: children of `Dns`.
 * It is the authority of a site on Azure; the other sites' own name servers are authorities beside it.
 *
 * The names under which Azure serves the zone stand in a record set that Azure makes with the zone and that a program can
 * therefore not declare: docs/dns.md says how the other sites' name servers are added to it.
 *
 * @returns names of Azure's name servers for the zone
 * @throws InputError, before any resource is declared, for more hosts than one profile takes
 */
export function declareManagedZone(
  name: string,
  { context, peers, managed, address }: ManagedZoneArgs,
  parent: pulumi.Resource,
): pulumi.Output<readonly string[]> {
  const { domain } = context.platform;
  const hosts = aliasHosts(context.platform);
  const { resourceGroup: resourceGroupName } = managed;
  // The zone's name is plain: it says which zone a record set is in before the first `up` too.
  const zone = new Zone(
    `${name}-zone`,
    { zoneName: domain, resourceGroupName, location: EVERYWHERE },
    // A zone that is made anew gets other name servers, and the delegation would lead nowhere.
    { parent, protect: true },
  );
  const within = { resourceGroupName, zoneName: domain };
  const child = { parent, dependsOn: [zone] };
  const manager = new Profile(
    `${name}-profile`,
    { ...profile(context, peers, address), resourceGroupName },
    { parent },
  );
  for (const host of hosts) {
    new RecordSet(
      `${name}-host-${host}`,
      {
        ...within,
        recordType: "A",
        relativeRecordSetName: relativeName(host, domain),
        ttl: context.topology.dns.ttl,
        targetResource: { id: manager.id },
      },
      child,
    );
  }
  for (const set of recordSets(context, peers, address)) new RecordSet(nameOf(name, set), { ...set, ...within }, child);
  return zone.nameServers.apply((servers) => servers.map((server) => server.replace(/\.$/, "")));
}

function nameOf(name: string, { recordType, relativeRecordSetName }: RecordSetPlan): string {
  return `${name}-record-${recordType.toLowerCase()}-${relativeRecordSetName}`;
}
