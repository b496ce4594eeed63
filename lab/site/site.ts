import { join } from "node:path";
import type { CommandResult } from "../binaries/command.ts";
import type { Network } from "../network/network.ts";
import type { MachineProcess } from "../network/process.ts";
import type { Run } from "../network/run.ts";
import { eventually } from "../network/wait.ts";
import { Api } from "./api.ts";
import { giveAddresses } from "./balancer.ts";
import { Authority } from "./certificates.ts";
import { clusterDns, controlPlaneWords } from "./control-plane.ts";
import type { ControlPlaneProgram } from "./control-plane.ts";
import { probeLocalServices } from "./local-services.ts";
import type { PortServers } from "./local-services.ts";
import { reachPods, startNode, startRuntime } from "./node.ts";
import { cgroupOf } from "./node-config.ts";
import { settingsFile } from "./paths.ts";
import { containerProcesses } from "./pods.ts";
import type { ContainerProcess } from "./pods.ts";
import { PolicyEnforcer } from "./policies/enforcer.ts";
import { findPrograms } from "./programs.ts";
import type { SitePrograms } from "./programs.ts";
import { dnsAnswers, nodesAreReady } from "./ready.ts";
import { Server } from "./server.ts";
import type { Unsynced } from "./server.ts";
import { clusterSettings } from "./settings.ts";
import { placeServers } from "./spec.ts";
import type { SiteSpec } from "./spec.ts";
import { Provisioner, localClasses, storageClass } from "./volumes.ts";

/** What a site is built on and told through. */
export interface SiteGround {
  readonly run: Run;
  readonly network: Network;
  readonly report: (line: string) => void;
}

/**
 * How long a provider's load balancer leads clients to a dead server: two probes 5 s apart, the defaults of Azure's
 * (kubernetes-sigs/cloud-provider-azure, documentation of health probes, 2025).
 */
const BALANCER_NOTICES_MS = 10_000;
const READY_WITHIN_MS = 120_000;
/** Each container's runtime, and each program that watches files, takes some; Debian's default is 128. */
const INOTIFY_INSTANCES = 1024;
const INOTIFY_LIMIT = "/proc/sys/fs/inotify/max_user_instances";
const administrator = settingsFile("administrator.kubeconfig").path;

interface PodObject {
  readonly metadata: { readonly uid: string };
  readonly spec: { readonly nodeName?: string };
  readonly status: { readonly containerStatuses?: readonly { readonly name: string; readonly containerID?: string }[] };
}

/** A site: one real Kubernetes cluster on servers of its own. */
export class Site {
  readonly spec: SiteSpec;
  readonly api: Api;
  readonly #ground: SiteGround;
  readonly #programs: SitePrograms;
  readonly #servers: readonly Server[];
  readonly #socket: string;
  #controllers: Promise<unknown> = Promise.resolve();
  #notice: NodeJS.Timeout | undefined;

  private constructor(spec: SiteSpec, ground: SiteGround, programs: SitePrograms, servers: readonly Server[]) {
    this.spec = spec;
    this.#ground = ground;
    this.#programs = programs;
    this.#servers = servers;
    this.#socket = join(ground.run.room("sites", spec.net.name), "api.sock");
    this.api = new Api(this.#socket);
  }

  /** Builds a site and waits until its nodes are ready and its DNS answers. */
  static async up(spec: SiteSpec, ground: SiteGround): Promise<Site> {
    const { run, network, report } = ground;
    const places = placeServers(spec);
    const programs = await findPrograms(report);
    run.raiseLimit(INOTIFY_LIMIT, INOTIFY_INSTANCES, report);
    const { name } = spec.net;
    const authority = await Authority.open(programs.openssl, run.room("sites", name, "certificates"), `${name}-ca`);
    const { mkfs, failFileSystem } = programs;
    const { imageStore } = spec;
    const servers = places.map(
      (place) => new Server({ run, network, site: name, place, imageStore, mkfs, failFileSystem, report }),
    );
    const site = new Site(spec, ground, programs, servers);
    for (const server of servers) {
      const files = await clusterSettings(spec, server.place, site.#master.place, authority, programs.cni);
      for (const [path, text] of Object.entries(files)) server.machine.writeEtc(path, text);
      run.noteCgroup(cgroupOf(server.name));
    }
    await site.start();
    const complain = (line: string): void => report(`${name}: ${line}`);
    const provisioner = new Provisioner(spec, site.api, {
      run: (server, command) => site.server(server).machine.must(command),
      isUp: (server) => site.server(server).machine.isUp,
    });
    site.#controllers = Promise.all([
      provisioner.run(complain),
      giveAddresses(site.api, spec.net.publicAddress, complain),
      servers.length > 1 ? site.#probe(complain) : undefined,
      spec.enforcePolicies === true ? new PolicyEnforcer(site.api, servers, complain).run() : undefined,
    ]);
    return site;
  }

  get name(): string {
    return this.spec.net.name;
  }

  /** Names of its servers. */
  get nodes(): readonly string[] {
    return this.#servers.map(({ name }) => name);
  }

  /** One of its servers, with its arrays and its machine. @throws when it has none of that name. */
  server(name: string): Server {
    const found = this.#servers.find((server) => server.name === name);
    if (found === undefined)
      throw new Error(`${this.name} has no server ${name}\n  fix: name one of ${this.nodes.join(", ")}`);
    return found;
  }

  /** A program of the control plane, or by a server's name one of that server (`kubelet`, `containerd`, …). */
  process(name: string, server = this.#master.name): MachineProcess {
    return this.server(server).machine.process(name);
  }

  /** Starts a program of a control plane again that was killed. */
  async startProcess(name: ControlPlaneProgram): Promise<MachineProcess> {
    const words = controlPlaneWords(this.spec, this.#master.place.address)[name];
    return await this.#master.machine.start(name, [this.#programs[name], ...words]);
  }

  /** Runs kubectl as an administrator; a failure is a result. */
  kubectl(args: readonly string[], input?: string): Promise<CommandResult> {
    return this.enter([this.#programs.kubectl, "--kubeconfig", administrator, ...args], input);
  }

  /** The words with which a person at this machine asks its cluster, as an administrator. @throws when it is off */
  get kubectlWords(): readonly string[] {
    return this.#master.machine.door([this.#programs.kubectl, "--kubeconfig", administrator]);
  }

  /** Runs a command on the server of the control plane; a failure is a result. */
  enter(command: readonly string[], input?: string): Promise<CommandResult> {
    return this.#master.machine.enter(command, input);
  }

  /** The processes of a container; empty when it does not run. @throws when there is no such pod. */
  async processesOf(namespace: string, pod: string, container: string): Promise<readonly ContainerProcess[]> {
    const found = await this.api.get<PodObject>(`/api/v1/namespaces/${namespace}/pods/${pod}`);
    const id = found.status.containerStatuses?.find(({ name }) => name === container)?.containerID;
    const { nodeName } = found.spec;
    return id === undefined || nodeName === undefined ? [] : containerProcesses(nodeName, found.metadata.uid, id);
  }

  /** Cuts the power of every server at once. */
  async kill(unsynced: Unsynced = "lost"): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.kill(unsynced)));
    this.#ground.report(`${this.name}: power cut`);
  }

  /** Gives power to every server that is off, and waits until all are nodes again. */
  async start(): Promise<void> {
    const begin = Date.now();
    const off = this.#servers.filter(({ machine }) => !machine.isUp);
    await Promise.all(off.map((server) => this.#bootServer(server)));
    await this.#lead();
    await this.waitReady();
    this.#ground.report(`${this.name}: ready after ${((Date.now() - begin) / 1000).toFixed(1)} s`);
  }

  /** Cuts the power of one server. The load balancer leads nobody to it any more once it has noticed. */
  async killNode(name: string, unsynced: Unsynced = "lost"): Promise<void> {
    await this.server(name).kill(unsynced);
    clearTimeout(this.#notice);
    const lead = (): void => void this.#lead().catch((error: unknown) => this.#ground.report(String(error)));
    this.#notice = setTimeout(lead, BALANCER_NOTICES_MS);
  }

  async startNode(name: string): Promise<void> {
    await this.#bootServer(this.server(name));
    await this.#lead();
  }

  /** Waits until every server that runs pods is a ready node since it was switched on, and the cluster's DNS answers. */
  async waitReady(withinMs = READY_WITHIN_MS): Promise<void> {
    const nodes = this.#servers.filter(({ place }) => place.server.pods !== false);
    await eventually(`${this.name}: nodes ready`, () => nodesAreReady(this.api, nodes), withinMs, 100);
    await eventually(`${this.name}: the cluster's DNS answers`, () => dnsAnswers(this.api, nodes), withinMs, 100);
  }

  /** Ends everything of the site. Its disks stay until the run ends. */
  async stop(): Promise<void> {
    this.api.close();
    clearTimeout(this.#notice);
    await Promise.all(this.#servers.map((server) => server.kill("kept")));
    await this.#controllers;
  }

  get #master(): Server {
    const found = this.#servers.find(({ place }) => place.server.controlPlane === true);
    if (found === undefined) throw new Error(`${this.name} has no control plane`);
    return found;
  }

  get #up(): readonly Server[] {
    return this.#servers.filter(({ machine, place }) => machine.isUp && place.server.pods !== false);
  }

  /** A load balancer leads to the servers that run pods and are on. */
  #lead(): Promise<void> {
    return this.#ground.network.leadTo(
      this.name,
      this.#up.map(({ place }) => place.address),
    );
  }

  /** Of several servers, it leads each port of a Service that wants it so to those with the Service's pods. */
  #probe(complain: (line: string) => void): Promise<void> {
    const addressed = ({ servers, ...port }: PortServers) => ({
      ...port,
      addresses: servers.map((name) => this.server(name).place.address),
    });
    const hands = {
      up: () => this.#up.map(({ name }) => name),
      lead: (ports: readonly PortServers[]) => this.#ground.network.leadPorts(this.name, ports.map(addressed)),
    };
    return probeLocalServices(this.api, hands, complain);
  }

  async #bootServer(server: Server): Promise<void> {
    const { server: spec } = server.place;
    await server.boot();
    const others = this.#servers.filter((other) => other !== server).map(({ place }) => place);
    const tasks: Promise<void>[] = [];
    // Its API server asks pods, as for the word of an operator on an object.
    if (spec.pods === false) await reachPods(server, others);
    if (spec.controlPlane === true) tasks.push(this.#startControlPlane());
    if (spec.pods !== false) {
      tasks.push(startRuntime(this.spec, server, this.#programs, others));
    }
    await Promise.all(tasks);
    if (spec.pods !== false) await startNode(this.spec, server, this.#programs);
  }

  async #startControlPlane(): Promise<void> {
    await this.startProcess("etcd");
    const apiServer = await this.startProcess("kube-apiserver");
    const ready = [this.#programs.kubectl, "--kubeconfig", administrator, "get", "--raw", "/readyz"];
    await apiServer.ready(async () => (await this.enter(ready)).code === 0);
    await this.startProcess("kube-controller-manager");
    await this.startProcess("kube-scheduler");
    await this.#openApi();
    const objects = [...clusterDns(this.spec), ...localClasses(this.spec).map(storageClass)];
    const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
    const applied = await this.kubectl(["apply", "--server-side", "--force-conflicts", "--filename=-"], list);
    if (applied.code !== 0) throw new Error(`${this.name}: ${applied.stderr.trim()}`);
  }

  async #openApi(): Promise<void> {
    const words = ["--kubeconfig", administrator, "proxy", `--unix-socket=${this.#socket}`, "--reject-paths=^$"];
    const proxy = await this.#master.machine.start("kubectl-proxy", [this.#programs.kubectl, ...words]);
    await proxy.ready(async () => (await this.api.request("GET", "/readyz")).status === 200);
  }
}
