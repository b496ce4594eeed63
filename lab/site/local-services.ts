import { setTimeout as sleep } from "node:timers/promises";
import type { Api, KubernetesObject } from "./api.ts";

/** As much of a Service as a load balancer asks for. */
export interface BalancedService extends KubernetesObject {
  readonly spec: {
    readonly type?: string;
    readonly externalTrafficPolicy?: string;
    readonly ports?: readonly { readonly port: number; readonly protocol?: string }[];
  };
}

/** Where the ready pods of a Service are. */
export interface Slice extends KubernetesObject {
  readonly metadata: KubernetesObject["metadata"] & { readonly labels?: Readonly<Record<string, string>> };
  /** Null where no pod is chosen. */
  readonly endpoints?:
    readonly { readonly nodeName?: string; readonly conditions?: { readonly ready?: boolean } }[] | null;
}

/** A port of the public address, and the servers that answer for it. */
export interface PortServers {
  readonly protocol: "tcp" | "udp";
  readonly port: number;
  readonly servers: readonly string[];
}

const SERVICE_NAME = "kubernetes.io/service-name";

/** The ports of Services that take traffic only where their pods are, with the servers that have a ready one. */
export function localPorts(services: readonly BalancedService[], slices: readonly Slice[]): readonly PortServers[] {
  return services
    .filter(({ spec }) => spec.type === "LoadBalancer" && spec.externalTrafficPolicy === "Local")
    .flatMap(({ metadata, spec: { ports = [] } }) => {
      const own = slices.filter(
        ({ metadata: { namespace, labels = {} } }) =>
          namespace === metadata.namespace && labels[SERVICE_NAME] === metadata.name,
      );
      const ready = own.flatMap(({ endpoints }) =>
        (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false),
      );
      const servers = [...new Set(ready.flatMap(({ nodeName }) => (nodeName === undefined ? [] : [nodeName])))].sort();
      return ports.map(
        ({ port, protocol }) => ({ protocol: protocol === "UDP" ? "udp" : "tcp", port, servers }) as const,
      );
    });
}

/**
 * How often a balancer asks a server, and how many answers in a row it takes to put it in or out: 5 s and 2, the defaults of
 * Azure's (kubernetes-sigs/cloud-provider-azure, documentation of health probes, 2025).
 */
const PROBE = { everyMs: 5000, inARow: 2 } as const;

/** What a balancer thinks of servers: it changes its mind when it was answered otherwise several times in a row. */
export class Opinions {
  readonly #kept = new Map<string, { healthy: boolean; against: number }>();

  /** One more answer. @returns what is thought now; of whom nothing was known nothing good is thought */
  hear(key: string, healthy: boolean): boolean {
    const known = this.#kept.get(key) ?? { healthy: false, against: 0 };
    const against = healthy === known.healthy ? 0 : known.against + 1;
    const next = against >= PROBE.inARow ? { healthy, against: 0 } : { healthy: known.healthy, against };
    this.#kept.set(key, next);
    return next.healthy;
  }
}

/** What probes servers, and what they lead to. */
export interface BalancerHands {
  /** Servers that run pods and whose power is on. */
  readonly up: () => readonly string[];
  readonly lead: (ports: readonly PortServers[]) => Promise<void>;
}

/**
 * Plays the probes of a provider's load balancer for Services that take traffic only where their pods are: a server without
 * a ready pod answers no to the probe of that Service, a dead one not at all.
 */
export async function probeLocalServices(
  api: Api,
  { up, lead }: BalancerHands,
  complain: (line: string) => void,
): Promise<void> {
  let services: readonly BalancedService[] = [];
  let slices: readonly Slice[] = [];
  const watches = [
    api.mirror<BalancedService>("/api/v1/services", (all) => (services = all)),
    api.mirror<Slice>("/apis/discovery.k8s.io/v1/endpointslices", (all) => (slices = all)),
  ];
  const opinions = new Opinions();
  let known: readonly string[] = [];
  let led = "";
  while (!api.isClosed) {
    const alive = up();
    known = [...new Set([...known, ...alive])];
    const ports = localPorts(services, slices).map(({ protocol, port, servers }) => ({
      protocol,
      port,
      servers: known.filter((server) =>
        opinions.hear(`${protocol}/${port}/${server}`, alive.includes(server) && servers.includes(server)),
      ),
    }));
    const now = JSON.stringify(ports);
    if (now !== led)
      await lead(ports).then(
        () => (led = now),
        (error: unknown) => complain(error instanceof Error ? error.message : String(error)),
      );
    await sleep(PROBE.everyMs);
  }
  await Promise.all(watches);
}
