import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureTools } from "../../../lab/binaries/ensure.ts";
import { applyGround, startApiServer } from "./api-server.ts";
import type { ApiServer } from "./api-server.ts";
import { Backend, Relay, ask } from "./http.ts";
import type { Answer } from "./http.ts";
import { addAddress, addHosts, scratchFolder } from "./machine.ts";
import { planned } from "./plan.ts";
import type { Manifest, SitePlan } from "./plan.ts";
import type { Daemons } from "./processes.ts";
import { PROXY_NAMESPACE, routedServices } from "./traefik-objects.ts";
import type { Place } from "./traefik-objects.ts";

const BACKEND_PORT = 8080;
const NOTICE = "notice";

/** An endpoint of one Service's slice, by name of the Service's first port. */
const slice = ({ metadata, spec }: Manifest, addresses: readonly string[]): unknown => ({
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: {
    name: `${metadata.name}-stand-in`,
    namespace: metadata.namespace,
    labels: { "kubernetes.io/service-name": metadata.name },
  },
  addressType: "IPv4",
  ports: [{ name: (spec as { ports: readonly { name?: string }[] }).ports[0]?.name ?? "", port: BACKEND_PORT }],
  endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
});

/**
 * A site's planned proxy: the real Traefik with its planned arguments and its planned account's rights, reading the
 * planned objects from a real API server. The services behind it are stand-ins; the notice page is the planned nginx.
 */
export class ProxySite {
  readonly services = new Map<string, Backend>();
  #server: ApiServer | undefined;
  #tunnel: Relay | undefined;

  constructor(
    readonly plan: SitePlan,
    /** A /24 of this site's own. */
    readonly network: string,
    readonly daemons: Daemons,
  ) {}

  address(part: "api" | "proxy" | "gateway" | number): string {
    const last = { api: 1, proxy: 2, gateway: 3 };
    return `${this.network}.${typeof part === "number" ? part : last[part]}`;
  }

  backend(service: string): Backend {
    const backend = this.services.get(service);
    if (backend === undefined) throw new Error(`${service} is not routed at ${this.plan.site}`);
    return backend;
  }

  get tunnel(): Relay {
    if (this.#tunnel === undefined) throw new Error(`${this.plan.site} has no tunnel yet`);
    return this.#tunnel;
  }

  async start(): Promise<void> {
    this.#server = await startApiServer(this.daemons, this.address("api"));
    await applyGround(this.#server, this.plan.manifests);
    await this.#server.apply(this.plan.manifests);
    for (const part of ["proxy", "gateway"] as const) await addAddress(this.address(part));
    for (const [index, service] of routedServices(this.plan).entries()) await this.#startService(service, 10 + index);
    await this.#startProxy(this.#server);
  }

  /** Leads the tunnel to another site's proxy through this site's gateway. */
  async connect(other: ProxySite): Promise<void> {
    const port = 9000;
    this.#tunnel = await Relay.start(this.address("gateway"), other.address("proxy"), port);
    const remote = planned(this.plan, "Service", `proxy-${other.plan.site}`, PROXY_NAMESPACE);
    addHosts(this.address("gateway"), [(remote["spec"] as { externalName: string }).externalName]);
  }

  async #startService(service: Manifest, last: number): Promise<void> {
    const address = this.address(last);
    await addAddress(address);
    const { name } = service.metadata;
    if (name === NOTICE) await this.#startNotice(address);
    else this.services.set(name, await Backend.start(`${name} at ${this.plan.site}`, address, BACKEND_PORT));
    await this.endpoints(name, [address]);
  }

  /** Says where a Service's pods are. */
  async endpoints(service: string, addresses: readonly string[]): Promise<void> {
    await this.#server?.apply([slice(planned(this.plan, "Service", service, PROXY_NAMESPACE), addresses)]);
  }

  /** The address of a service's stand-in. */
  addressOf(service: string): string {
    const index = routedServices(this.plan).findIndex(({ metadata }) => metadata.name === service);
    return this.address(10 + index);
  }

  async #startNotice(address: string): Promise<void> {
    const { nginx } = await ensureTools(["nginx"]);
    const folder = scratchFolder("notice");
    const files = planned(this.plan, "ConfigMap", NOTICE)["data"] as Readonly<Record<string, string>>;
    for (const [name, text] of Object.entries(files)) {
      const here = text
        .replace(/listen \d+/, `listen ${address}:${BACKEND_PORT}`)
        .replace(/\/(tmp\/|etc\/notice)/g, (_, folderOfPod: string) =>
          folderOfPod === "tmp/" ? `${folder}/` : folder,
        );
      writeFileSync(join(folder, name), name === "nginx.conf" ? here : text);
    }
    mkdirSync(join(folder, "logs"));
    const args = ["-c", join(folder, "nginx.conf"), "-p", folder, "-g", "daemon off; user root;"];
    const page = this.daemons.start("nginx", nginx["nginx"] ?? "nginx", args);
    const at = { scheme: "http", address, port: BACKEND_PORT, host: NOTICE, method: "GET" } as const;
    await page.ready(async () => (await ask({ ...at, path: "/healthz" })).status === 200);
  }

  async #startProxy(server: ApiServer): Promise<void> {
    const { traefik } = await ensureTools(["traefik"]);
    const { args, account } = this.#proxyPod();
    const token = await server.kubectl(["create", "token", account, `--namespace=${PROXY_NAMESPACE}`]);
    if (token.code !== 0) throw new Error(token.stderr);
    const connection = [
      `--providers.kubernetescrd.endpoint=${server.url}`,
      `--providers.kubernetescrd.token=${token.stdout.trim()}`,
      `--providers.kubernetescrd.certauthfilepath=${server.authority}`,
    ];
    const here = args.map((arg) => arg.replace(/^(--entrypoints\.\w+\.address=):/i, `$1${this.address("proxy")}:`));
    const proxy = this.daemons.start("traefik", traefik["traefik"] ?? "traefik", [...here, ...connection]);
    await proxy.ready(async () => (await this.visit({ host: "nobody.invalid", path: "/" }, "GET")).status === 404);
  }

  #proxyPod(): { args: readonly string[]; account: string } {
    const deployments = this.plan.manifests.filter(({ kind }) => kind === "Deployment");
    for (const { spec } of deployments) {
      const pod = (spec as { template: { spec: PodSpec } }).template.spec;
      const container = pod.containers.find(({ args }) => args?.some((arg) => /kubernetescrd/i.test(arg)));
      if (container?.args) return { args: container.args, account: pod.serviceAccountName ?? "default" };
    }
    throw new Error(`no Deployment of ${this.plan.site} runs Traefik`);
  }

  /** A visitor's request. */
  visit(place: Place, method: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return ask({ scheme: "https", address: this.address("proxy"), port: 8443, method, headers, ...place });
  }

  /** A request of another site's proxy. */
  visitThroughTunnel(place: Place, method: string): Promise<Answer> {
    return ask({ scheme: "http", address: this.address("proxy"), port: 9000, method, ...place });
  }

  /** Makes every stand-in healthy, and forgets what it has seen. */
  heal(): void {
    this.tunnel.line = "carries";
    for (const backend of this.services.values()) {
      backend.behaviour = "answers";
      backend.seen.length = 0;
    }
  }

  /** What has reached this site's stand-ins: `service method`, in order. */
  get seen(): readonly string[] {
    return [...this.services].flatMap(([service, { seen }]) => seen.map((method) => `${service} ${method}`));
  }

  async stop(): Promise<void> {
    await this.#tunnel?.stop();
    await Promise.all([...this.services.values()].map((backend) => backend.stop()));
  }
}

interface PodSpec {
  readonly serviceAccountName?: string;
  readonly containers: readonly { readonly args?: readonly string[] }[];
}
