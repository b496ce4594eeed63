/** A zone whose name servers the public DNS names. */
export interface Delegation {
  /** Such as `appserver.test`. */
  readonly zone: string;
  /** Addresses of its name servers. */
  readonly servers: readonly string[];
}

/** What the lab's public DNS knows by itself: everything else is asked of the sites' own name servers. */
export interface PublicDns {
  readonly delegations: readonly Delegation[];
  /** Addresses of names outside the delegated zones, such as those of the backup stores. */
  readonly names?: Readonly<Record<string, string>>;
}

/**
 * Configuration of unbound as the resolver of everybody in the lab. It asks a delegated zone's name servers as it would
 * after a referral of the parent zone, with its defaults for time-outs, retries and caches; there is no root to ask, so
 * that any other name does not exist.
 */
export function resolverConfig(address: string, folder: string, { delegations, names = {} }: PublicDns): string {
  const zones = delegations.flatMap(({ zone, servers }) => [
    "stub-zone:",
    `  name: "${zone}."`,
    ...servers.map((server) => `  stub-addr: ${server}`),
  ]);
  return [
    "server:",
    `  interface: ${address}`,
    "  interface: 127.0.0.1",
    "  access-control: 0.0.0.0/0 allow",
    `  directory: "${folder}"`,
    '  chroot: ""',
    '  username: ""',
    '  pidfile: ""',
    '  logfile: ""',
    "  use-syslog: no",
    "  do-ip6: no",
    '  module-config: "iterator"',
    '  local-zone: "." static',
    ...delegations.map(({ zone }) => `  local-zone: "${zone}." transparent`),
    ...Object.entries(names).map(([name, target]) => `  local-data: "${name}. 60 IN A ${target}"`),
    ...zones,
    "remote-control:",
    "  control-enable: no",
    "",
  ].join("\n");
}
