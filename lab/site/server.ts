import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { cloneImageStore } from "../images/store.ts";
import type { Disk } from "../network/boot.ts";
import type { Machine } from "../network/machine.ts";
import type { Network } from "../network/network.ts";
import type { Run } from "../network/run.ts";
import { ArrayState } from "./array.ts";
import { ensureDisk, forgetDisk } from "./disk.ts";
import { shownSettings } from "./node-config.ts";
import { SHARED_FOLDER, arrayFolder, paths } from "./paths.ts";
import type { Place } from "./spec.ts";

/** What becomes of writes that no program had asked to be on the disk yet when the power fails. */
export type Unsynced = "lost" | "kept";

/** Folders of a server that its system keeps things in, as a machine of the lab sees them. */
const kept = ["/var/lib", "/var/log"] as const;

interface ServerParts {
  readonly run: Run;
  readonly network: Network;
  readonly site: string;
  readonly place: Place;
  readonly imageStore: string;
  readonly mkfs: string;
  readonly failFileSystem: string;
  readonly report: (line: string) => void;
}

/** A server: a machine with arrays. What it keeps lies on the array of its system, if it has one; its images do not. */
export class Server {
  readonly machine: Machine;
  readonly place: Place;
  readonly #parts: ServerParts;
  readonly #arrays: readonly ArrayState[];
  readonly #services: (() => Promise<void>)[] = [];
  /** Where its container runtime keeps its things: beside the store, so that its images can be links. */
  readonly #runtime: string;
  #bootedAt = 0;

  constructor(parts: ServerParts) {
    this.#parts = parts;
    this.place = parts.place;
    const { name, arrays = [], processors } = parts.place.server;
    this.#arrays = arrays.map((array) => new ArrayState(array));
    this.#runtime = join(parts.run.room("runtimes"), name);
    const system = arrays.find((array) => array.system)?.name;
    const home = system === undefined ? parts.run.room("machines", name) : `${arrayFolder(system)}/.system`;
    this.machine = parts.network.machine({
      name,
      etc: { "resolv.conf": `nameserver ${parts.network.resolver}\n`, hosts: `127.0.0.1 localhost ${name}\n` },
      disks: this.#arrays.map((array) => this.#disk(array)),
      folders: [
        ...kept.map((target) => ({ source: `${home}${target}`, target })),
        { source: this.#runtime, target: paths.containerd },
        // Addresses that pods had before a power failure are free after it, and half a file of theirs stops a kubelet.
        { source: "/run/cni", target: paths.cniState },
        { source: parts.run.room("sites", parts.site, "shared-volumes"), target: SHARED_FOLDER },
      ],
      shownSettings,
      ...(processors === undefined ? {} : { shownProcessors: processors }),
    });
  }

  get name(): string {
    return this.place.server.name;
  }

  /** When it was last switched on, in milliseconds since 1970. */
  get bootedAt(): number {
    return this.#bootedAt;
  }

  /** The state of one of its arrays. @throws when it has none of that name. */
  array(name: string): ArrayState {
    const found = this.#arrays.find(({ spec }) => spec.name === name);
    if (found === undefined) throw new Error(`${this.name} has no array ${name}`);
    return found;
  }

  /** Starts something now and whenever the server is switched on later, such as a store beside the cluster. */
  async startAtBoot(service: () => Promise<void>): Promise<void> {
    this.#services.push(service);
    await service();
  }

  /** Starts the services beside the cluster again that were killed. @throws where one does not start, or still runs */
  async startServices(): Promise<void> {
    for (const service of this.#services) await service();
  }

  async boot(): Promise<void> {
    for (const array of this.#arrays) {
      if (array.isLost && array.spec.system)
        throw new Error(`${this.name} does not boot: its array ${array.spec.name} is lost\n  fix: replace its disks`);
      await ensureDisk(this.#parts.mkfs, this.#disk(array).image);
    }
    if (!existsSync(this.#runtime)) await cloneImageStore(this.#parts.imageStore, this.#runtime);
    this.#bootedAt = Date.now();
    await this.machine.boot();
    // A lost array that holds no system is found dead at the next boot too.
    for (const array of this.#arrays) if (array.isLost) await this.#failFileSystem(array);
    await this.#parts.network.plug(this.machine, this.#parts.site, this.place.address);
    for (const service of this.#services)
      await service().catch((error: unknown) => {
        // A server whose service does not start, as without its array, is a server all the same.
        this.#parts.report(`${this.name}: ${error instanceof Error ? error.message : String(error)}`);
      });
  }

  /** Cuts its power. */
  async kill(unsynced: Unsynced): Promise<void> {
    if (this.machine.isUp && unsynced === "lost") for (const array of this.#arrays) await this.#failFileSystem(array);
    await this.machine.kill();
  }

  /** Lets a disk of an array fail. When that loses the array, its files answer with errors; the server dies with its system. */
  async failDisk(name: string, disk: number): Promise<{ readonly isLost: boolean }> {
    const array = this.array(name);
    if (array.fail(disk) && this.machine.isUp) {
      await this.#failFileSystem(array);
      if (array.spec.system) await this.machine.kill();
    }
    return { isLost: array.isLost };
  }

  /** Puts new disks in place of failed ones. A lost array is empty then; a running server mounts it at once. */
  async replaceDisks(name: string): Promise<void> {
    const array = this.array(name);
    if (!array.replaceAll()) return;
    const { image, folder } = this.#disk(array);
    forgetDisk(image);
    await ensureDisk(this.#parts.mkfs, image);
    // A server that is built anew has images, which it could pull, but knows of no container.
    if (array.spec.system) await rm(this.#runtime, { recursive: true, force: true });
    if (!this.machine.isUp) return;
    await this.machine.must(["umount", "--lazy", folder]);
    await this.machine.must(["mount", "-o", "loop,barrier=0", image, folder]);
  }

  async #failFileSystem(array: ArrayState): Promise<void> {
    const { folder } = this.#disk(array);
    const { code, stderr } = await this.machine.enter([this.#parts.failFileSystem, folder]);
    // A file system that has failed before cannot fail again.
    if (code !== 0 && !stderr.includes("input/output error")) throw new Error(`${this.name}: ${stderr.trim()}`);
  }

  #disk({ spec }: ArrayState): Disk {
    return {
      image: join(this.#parts.run.room("disks"), `${this.name}-${spec.name}.img`),
      folder: arrayFolder(spec.name),
    };
  }
}
