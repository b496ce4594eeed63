import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync, readdirSync } from "node:fs";
import { freemem } from "node:os";
import { cacheFolder } from "../binaries/cache.ts";
import { GOING_FIRST } from "./machine.ts";

/** What a machine must have for the lab, as far as a look can tell. */
export interface HostFacts {
  readonly isRoot: boolean;
  readonly platform: string;
  /** Memory that can still be had, in bytes. */
  readonly freeMemory: number;
  /** Device files that exist and can be written. */
  readonly devices: readonly string[];
  /** Control group controllers with a hierarchy of their own (version 1). */
  readonly controllers: readonly string[];
  /** Whether control groups are of version 2 only. */
  readonly unifiedOnly: boolean;
  /** Kinds of file systems that the kernel knows. */
  readonly fileSystems: readonly string[];
  /** Whether iptables sees what crosses a bridge. */
  readonly filtersBridges: boolean;
  /** Whether processes started here may be given real-time scheduling. */
  readonly schedulesRealTime: boolean;
  readonly cache: string;
}

const neededDevices: Readonly<Record<string, string>> = {
  "/dev/net/tun": "modprobe tun; mkdir -p /dev/net && mknod /dev/net/tun c 10 200",
  "/dev/loop-control": "modprobe loop",
  "/dev/kmsg": "mknod /dev/kmsg c 1 11",
};
/** The controllers that a kubelet puts pods into. */
export const neededControllers = ["blkio", "cpu", "cpuacct", "cpuset", "devices", "freezer", "memory", "pids"] as const;
const neededFileSystems = ["overlay", "ext4"] as const;
/** Folders that a machine of the lab has of its own, and that thus cannot hold what it needs from outside. */
const hiddenFolders = ["/run", "/mnt", "/var/lib", "/var/log", "/var/run"] as const;

/** Two clusters with the platform on them took 2.4 GiB idle; images, builds and load come on top. */
const NEEDED_MEMORY = 6 * 2 ** 30;

const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

/** Everything that is missing, each with the way to mend it; empty when the lab can run. */
export function missingFrom(facts: HostFacts): readonly string[] {
  if (facts.platform !== "linux") return [`Linux: this is ${facts.platform}\n  fix: run it on Debian 12`];
  const missing: string[] = [];
  if (!facts.isRoot) missing.push("root: namespaces, mounts and control groups need it\n  fix: run it as root");
  if (facts.freeMemory < NEEDED_MEMORY)
    missing.push(
      `memory: ${gibibytes(facts.freeMemory)} are free, ${gibibytes(NEEDED_MEMORY)} are needed\n  fix: end other programs`,
    );
  for (const [device, fix] of Object.entries(neededDevices))
    if (!facts.devices.includes(device)) missing.push(`${device}: missing, or it cannot be written\n  fix: ${fix}`);
  if (facts.unifiedOnly)
    missing.push(
      "control groups of version 1: only version 2 is mounted, with which the lab was never tried\n" +
        "  fix: boot with systemd.unified_cgroup_hierarchy=0",
    );
  else
    for (const controller of neededControllers)
      if (!facts.controllers.includes(controller))
        missing.push(
          `control group controller ${controller}\n  fix: mount -t cgroup -o ${controller} cgroup /sys/fs/cgroup/${controller}`,
        );
  for (const kind of neededFileSystems)
    if (!facts.fileSystems.includes(kind)) missing.push(`file system ${kind}\n  fix: modprobe ${kind}`);
  if (!facts.filtersBridges)
    missing.push("iptables on bridges, by which Services reach pods of the same node\n  fix: modprobe br_netfilter");
  if (!facts.schedulesRealTime)
    missing.push(
      "real-time scheduling, without which the clients would wait for the sites' processes\n" +
        "  fix: allow CAP_SYS_NICE, and start it outside of control groups: echo $$ > /sys/fs/cgroup/cpu/cgroup.procs",
    );
  const hidden = hiddenFolders.find((folder) => facts.cache.startsWith(`${folder}/`));
  if (hidden !== undefined)
    missing.push(
      `a cache elsewhere: ${facts.cache} lies under ${hidden}, which each machine of the lab has of its own\n  fix: set HOLDFAST_CACHE`,
    );
  return missing;
}

const canWrite = (file: string): boolean => {
  try {
    accessSync(file, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

function freeMemory(): number {
  try {
    const [, kibibytes] = /^MemAvailable:\s+(\d+)/m.exec(readFileSync("/proc/meminfo", "utf8")) ?? [];
    return kibibytes === undefined ? freemem() : Number(kibibytes) * 1024;
  } catch {
    return freemem();
  }
}

function look(): HostFacts {
  const groups = existsSync("/sys/fs/cgroup") ? readdirSync("/sys/fs/cgroup") : [];
  return {
    isRoot: process.getuid?.() === 0,
    platform: process.platform,
    freeMemory: freeMemory(),
    devices: Object.keys(neededDevices).filter(canWrite),
    controllers: groups,
    unifiedOnly: groups.includes("cgroup.controllers"),
    fileSystems: process.platform === "linux" ? readFileSync("/proc/filesystems", "utf8").split(/\s+/) : [],
    filtersBridges: existsSync("/proc/sys/net/bridge/bridge-nf-call-iptables"),
    schedulesRealTime: spawnSync("chrt", [...GOING_FIRST, "true"]).status === 0,
    cache: cacheFolder(),
  };
}

/** @throws one error that names everything that is missing, and how to get it. */
export function checkHost(facts: HostFacts = look()): void {
  const missing = missingFrom(facts);
  if (missing.length > 0)
    throw new Error(`this machine cannot carry the lab; it lacks\n${missing.map((one) => `- ${one}`).join("\n")}`);
}
