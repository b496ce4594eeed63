import { join } from "node:path";
import type { Difference } from "../apply/difference.ts";
import { ensureTools } from "../binaries/ensure.ts";
import type { Network } from "../network/network.ts";
import { WORLD } from "../network/plan.ts";
import type { ProviderZone } from "./provider-zone.ts";

/** Where the world finds the provider's name servers: beside the resolver, outside of every site. */
export const PROVIDER_DNS_ADDRESS = "198.18.0.54";

const FOLDER = "/run/provider-dns";
const ANSWERS_WITHIN_MS = 10_000;

/** Configuration of PowerDNS as a provider's name server. */
export const providerDnsConfig = (probedEvery: number): string =>
  [
    "launch=gsqlite3",
    `gsqlite3-database=${FOLDER}/zones.sqlite3`,
    `local-address=${PROVIDER_DNS_ADDRESS}`,
    "local-port=53",
    `socket-dir=${FOLDER}`,
    "enable-lua-records=yes",
    `lua-health-checks-interval=${probedEvery}`,
    // A name that nobody asks for any more is probed as long as the drill lasts, as it always is at Azure.
    "lua-health-checks-expire-delay=31536000",
    "cache-ttl=0",
    "query-cache-ttl=0",
    "negquery-cache-ttl=0",
    "disable-axfr=yes",
    "security-poll-suffix=",
    "",
  ].join("\n");

/** Serves a provider's zone in the outside world, and probes the sites from there, past the line between them. */
export async function startProviderDns(network: Network, { zone, file, probedEvery }: ProviderZone): Promise<void> {
  const { powerdns } = await ensureTools(["powerdns"]);
  const program = (name: string): string => powerdns[name] ?? name;
  const { world } = network;
  await world.ip([`address add ${PROVIDER_DNS_ADDRESS}/${WORLD.range.split("/")[1]} dev eth0`]);
  world.writeEtc("provider-dns/pdns.conf", providerDnsConfig(probedEvery));
  world.writeEtc("provider-dns/zone.db", file);
  const config = "--config-dir=/etc/provider-dns";
  const load = [
    `mkdir -p ${FOLDER}`,
    `${program("sqlite3")} ${join(FOLDER, "zones.sqlite3")} < "$(find /usr/share -name schema.sqlite3.sql | head -n 1)"`,
    `${program("pdnsutil")} ${config} load-zone ${zone} /etc/provider-dns/zone.db`,
  ];
  await world.must(["sh", "-euc", load.join("\n")]);
  const server = await world.start("provider-dns", [program("pdns_server"), config, "--daemon=no", "--guardian=no"]);
  const listens = async (): Promise<boolean> =>
    (await world.enter(["ss", "-Hlnu", "src", `${PROVIDER_DNS_ADDRESS}:53`])).stdout.includes(PROVIDER_DNS_ADDRESS);
  await server.ready(listens, ANSWERS_WITHIN_MS);
}

export const providerDnsDifference: Difference = {
  subject: "the provider's DNS",
  what: "PowerDNS outside of the sites serves the declared record sets and plays Traffic Manager: one living endpoint by chance for each answer, probes as often and as patient as declared, from one place, the first when a name is first asked for",
  why: "Azure's name servers and probes cannot be had here; that they themselves fail, and the time they take to know of a probe everywhere, is not shown",
};
