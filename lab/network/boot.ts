import { cpus } from "node:os";

/** A file system image that a machine mounts. */
export interface Disk {
  readonly image: string;
  /** Where it is mounted. */
  readonly folder: string;
}

/** What a machine is made of. */
export interface MachineParts {
  /** Its host name, and its name in the run. */
  readonly name: string;
  readonly disks?: readonly Disk[];
  /** Folders that appear at another place in it, in this order; sources on disks are made if they are not there. */
  readonly folders?: readonly { readonly source: string; readonly target: string }[];
  /** Settings of the kernel that programs in it see, whatever this machine's are, by their paths below /proc/sys. */
  readonly shownSettings?: Readonly<Record<string, string>>;
  /**
   * How many processors programs in it count that ask the kernel's list, as a kubelet does; it gets no more of them by
   * it. @default this machine's own
   */
  readonly shownProcessors?: number;
}

const NUMA_NODES = "/sys/devices/system/node";

/**
 * The kernel's list of processors by NUMA nodes, as far as cAdvisor counts them (v0.56, utils/sysinfo). Processors that
 * the machine has not are told by naming its own again in further nodes: kubelets put pods on those that are named.
 */
function showProcessors(count: number, own: number): readonly string[] {
  const numbers = Array.from({ length: count }, (_, number) => [Math.floor(number / own), number % own] as const);
  return [
    `mount -t tmpfs tmpfs ${NUMA_NODES}`,
    ...numbers.flatMap(([node, processor]) => {
      const folder = `${NUMA_NODES}/node${node}/cpu${processor}/topology`;
      return [
        `mkdir -p ${folder}`,
        `echo ${processor} > ${folder}/core_id`,
        `echo ${node} > ${folder}/physical_package_id`,
      ];
    }),
  ];
}

const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/**
 * The script that makes a machine out of fresh namespaces and becomes its first process.
 *
 * A file system's barriers are off: they keep what was written through a power failure of the real machine, which the
 * lab does not survive anyway, and cost it most of its disk's speed. Killed processes lose nothing that way.
 */
export function bootScript(parts: MachineParts, etc: string, init: string): string {
  const bind = (source: string, target: string): string => `mount --bind ${quote(source)} ${quote(target)}`;
  const shown = Object.entries(parts.shownSettings ?? {}).flatMap(([setting, value], index) => [
    `echo ${quote(value)} > /run/setting-${index}`,
    bind(`/run/setting-${index}`, `/proc/sys/${setting}`),
  ]);
  return [
    // Pods' volumes are mounted by the kubelet and must be seen by the container runtime's mount namespaces.
    "mount --make-rshared /",
    "mount -t tmpfs -o mode=755 tmpfs /run",
    "mkdir /run/lock",
    "mount -t tmpfs -o mode=755 tmpfs /mnt",
    `mount -t overlay -o ${quote(`lowerdir=${etc}:/etc`)} overlay /etc`,
    ...(parts.disks ?? []).flatMap(({ image, folder }) => [
      `mkdir -p ${quote(folder)}`,
      `mount -o loop,barrier=0 ${quote(image)} ${quote(folder)}`,
    ]),
    ...(parts.folders ?? []).flatMap(({ source, target }) => [
      `mkdir -p ${quote(source)} ${quote(target)}`,
      bind(source, target),
    ]),
    ...shown,
    ...(parts.shownProcessors === undefined ? [] : showProcessors(parts.shownProcessors, cpus().length)),
    `hostname ${quote(parts.name)}`,
    `exec ${quote(init)}`,
  ].join("\n");
}
