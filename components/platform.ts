import * as pulumi from "@pulumi/pulumi";
import type { HoldfastConfig } from "../config/load.ts";
import { pullAccessKeyId, pullSecretAccessKey } from "../config/load.ts";
import { InputError } from "../config/problem.ts";
import { hostClashes, platformHosts } from "../config/record-checks.ts";
import { BackupSchedule } from "./backup.ts";
import { hasOtherSites, siteContext } from "./context.ts";
import type { Peer, SharedKeys, SiteContext } from "./context.ts";
import { Dns } from "./dns.ts";
import { exportKeys, Keyring, readKeys } from "./keyring.ts";
import { Monitoring } from "./monitoring.ts";
import { MongoReplicaSet } from "./mongo-replica-set.ts";
import { Overlay } from "./overlay.ts";
import { openStack, readPeer, refuseOtherTopology, toldStore } from "./peers.ts";
import type { StackOutputs } from "./peers.ts";
import { PgPrimaryReplica } from "./pg-primary-replica.ts";
import { promotionToken } from "./promotion.ts";
import { ReverseProxy } from "./reverse-proxy.ts";
import { Service } from "./service.ts";
import { Zone } from "./zone.ts";

/**
 * Declares one site of a topology: the whole of a stack. What another site has not told yet (it was never brought up) is
 * left out, and comes with the next `up`.
 *
 * @throws InputError, before any resource is registered, if a stack of the topology is deployed as another one, a record
 * of the config takes the address of another site's host, or a planned promotion lacks its token
 */
export async function deploy(config: HoldfastConfig): Promise<Record<string, unknown>> {
  const { topology, site, active } = config;
  const context = siteContext(config);
  const stacks = topology.sites.map(({ name }) => openStack(name));
  await refuseOtherTopology(topology, stacks);
  const others = stacks.filter((stack) => stack.site !== site);
  const peers = await Promise.all(others.map(readPeer));
  refuseClashes(context, peers);
  const token = await promotionToken(config, stacks);

  const secrets = new pulumi.Config("holdfast");
  const kubeconfig = secrets.getSecret("kubeconfig");
  const told = await toldStore(stacks.find((stack) => stack.site === site));
  const webhook = secrets.getSecret("alertWebhook");
  const notifies = webhook !== undefined;
  const zone = new Zone("zone", { context, peers, told, notifies, ...(kubeconfig ? { kubeconfig } : {}) });
  const within = { providers: { kubernetes: zone.provider }, dependsOn: [zone] };

  const keyring = topology.keyring === site ? new Keyring("keyring", {}) : undefined;
  const keys = keyring?.keys ?? (await keysOf(topology.keyring, others));

  const { loadBalancer, publicAddresses, publicDns } = zone;
  const overlay = hasOtherSites(context) ? new Overlay("overlay", { context, peers, loadBalancer }, within) : undefined;
  const shared = { context, peers, ...(keys ? { keys } : {}) };
  const promotion = token ? { promotionToken: token } : {};
  const rebuilt = config.rebuilt ? { rebuilt: config.rebuilt } : {};
  const postgres = new PgPrimaryReplica(
    "postgres",
    { ...shared, identity: zone.identity, ...promotion, ...rebuilt },
    within,
  );
  new MongoReplicaSet("mongo", shared, within);
  for (const service of context.platform.services) {
    const secretValues = Object.fromEntries(
      Object.entries(service.secrets).map(([variable, key]) => [variable, secrets.requireSecret(key)]),
    );
    new Service(`service-${service.name}`, { context, service, secretValues }, within);
  }
  const tsig = keys ? { tsigSecret: keys.tsigSecret } : {};
  new ReverseProxy("proxy", { context, peers, loadBalancer, ...tsig }, within);
  const managed = publicDns ? { managed: publicDns } : {};
  const dns = new Dns("dns", { context, peers, publicAddresses, loadBalancer, ...managed, ...tsig }, within);
  const { identity, mongoBackupKey } = zone;
  const ofStore = { identity, mongoBackupKey, ...backupKeys(context, secrets) };
  const backup = new BackupSchedule("backup", { ...shared, ...ofStore }, within);
  const ownCertificates = [
    ...postgres.certificates,
    ...(keyring ? [{ name: "the databases' CA", end: keyring.caEnd }] : []),
  ];
  const watched = { jobs: backup.jobs, certificates: ownCertificates, ...(webhook ? { webhook } : {}) };
  new Monitoring("monitoring", { context, ...watched }, within);

  return {
    topology: topology.name,
    site,
    role: context.role,
    active,
    publicAddresses,
    nameServer: context.facts.nameServer,
    nameServers: dns.nameServers,
    ...(overlay ? { overlayEndpoint: overlay.overlayEndpoint, wireguardPublicKey: overlay.wireguardPublicKey } : {}),
    // Empty rather than undefined: an undefined output is a warning at every `up`.
    demotionToken: postgres.demotionToken.apply((token) => token ?? ""),
    backupStore: zone.backupStore,
    ...(keyring ? { keys: exportKeys(keyring.keys) } : {}),
  };
}

/** What the config alone cannot show: which names the other sites' hosts have. */
function refuseClashes({ platform, site }: SiteContext, peers: readonly Peer[]): void {
  const problems = hostClashes(platform, peers.flatMap(platformHosts)).map((problem) => ({
    ...problem,
    offender: `${problem.offender} of stack ${site}`,
  }));
  if (problems.length > 0) throw new InputError("Records of the zone", problems);
}

async function keysOf(keyringSite: string, others: readonly StackOutputs[]): Promise<SharedKeys | undefined> {
  const stack = others.find(({ site }) => site === keyringSite);
  return stack ? readKeys(stack.reference) : undefined;
}

function backupKeys({ topology, site, store }: SiteContext, secrets: pulumi.Config) {
  const sources = topology.backups.copies.filter(({ to }) => to === site).map(({ from }) => from);
  const pair = (accessKeyId: string, secretAccessKey: string) => ({
    accessKeyId: secrets.requireSecret(accessKeyId),
    secretAccessKey: secrets.requireSecret(secretAccessKey),
  });
  return {
    ...(store.protocol === "s3" ? { credentials: pair("backupAccessKeyId", "backupSecretAccessKey") } : {}),
    pullCredentials: Object.fromEntries(
      sources.map((from) => [from, pair(pullAccessKeyId(from), pullSecretAccessKey(from))]),
    ),
  };
}
