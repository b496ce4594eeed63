import type { Tool } from "../tool.ts";

/** Programs of Debian 12. */
export const systemRows = [
  {
    kind: "system",
    name: "wireguard",
    version: "Debian's",
    programs: ["wireguard-go", "wg"],
    packages: ["wireguard-go", "wireguard-tools"],
  },
  {
    kind: "system",
    name: "haproxy",
    version: "Debian's",
    programs: ["haproxy"],
    packages: ["haproxy"],
  },
  {
    kind: "system",
    name: "powerdns",
    version: "Debian's",
    programs: ["pdns_server", "pdnsutil", "sqlite3"],
    packages: ["pdns-server", "pdns-backend-sqlite3", "sqlite3"],
  },
  {
    kind: "system",
    name: "certificates",
    version: "Debian's",
    programs: ["openssl"],
    packages: ["openssl"],
  },
  {
    kind: "system",
    name: "nginx",
    version: "Debian's",
    programs: ["nginx"],
    packages: ["nginx-light"],
  },
  {
    kind: "system",
    name: "network",
    version: "Debian's",
    programs: ["ip", "nsenter", "unshare"],
    packages: ["iproute2", "util-linux"],
  },
  {
    kind: "system",
    name: "containers",
    version: "Debian's",
    programs: ["containerd", "ctr", "runc"],
    packages: ["containerd", "runc"],
  },
  {
    kind: "system",
    name: "cni",
    version: "Debian's",
    programs: ["bridge", "host-local", "loopback", "portmap"],
    folder: "/usr/lib/cni",
    packages: ["containernetworking-plugins"],
  },
  {
    kind: "system",
    name: "iptables",
    version: "Debian's",
    programs: ["iptables", "ip6tables", "conntrack", "ipset"],
    packages: ["iptables", "conntrack", "ipset"],
  },
  {
    kind: "system",
    name: "rootfs",
    version: "Debian's",
    programs: ["mmdebstrap"],
    packages: ["mmdebstrap"],
  },
  {
    kind: "system",
    name: "resolver",
    version: "Debian's",
    programs: ["unbound"],
    packages: ["unbound"],
  },
] as const satisfies readonly Tool[];
