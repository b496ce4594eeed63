import type { Api } from "../api.ts";
import type { Server } from "../server.ts";
import { MAIN_CHAIN, filterRules } from "./rules.ts";
import type { ClusterView, Namespace, NetworkPolicy, Pod } from "./types.ts";

/** Changes that come together are made together. */
const SETTLE_MS = 100;

/** Puts the chain before everybody else's: the cluster's proxy lets through what it has marked. */
const FIRST = ["FORWARD", "INPUT"]
  .map(
    (hook) =>
      `[ "$(iptables -w -S ${hook} 1)" = "-A ${hook} -j ${MAIN_CHAIN}" ] || ` +
      `{ iptables -w -D ${hook} -j ${MAIN_CHAIN} 2>/dev/null || true; iptables -w -I ${hook} 1 -j ${MAIN_CHAIN}; }`,
  )
  .join("\n");

/**
 * Enforces a cluster's network policies on its servers, as the controller that k3s brings does: by iptables, for pods'
 * traffic that is forwarded and for what they send to their server. What a server sends to its own pods passes.
 */
export class PolicyEnforcer {
  readonly #api: Api;
  readonly #servers: readonly Server[];
  readonly #complain: (line: string) => void;
  readonly #applied = new Map<
    string,
    { readonly text: string; readonly chains: readonly string[]; readonly boot: number }
  >();
  /** Control planes that run no pods: of one that does, what it sends to its own pods passes anyway. */
  readonly #trusted: readonly string[];
  #view: ClusterView = { policies: [], namespaces: [], pods: [] };
  #work: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(api: Api, servers: readonly Server[], complain: (line: string) => void) {
    this.#api = api;
    this.#servers = servers;
    this.#trusted = servers.filter(({ place }) => place.server.pods === false).map(({ place }) => place.address);
    this.#complain = complain;
  }

  /** Runs until the API is closed. */
  async run(): Promise<void> {
    const take = (part: Partial<ClusterView>): void => {
      this.#view = { ...this.#view, ...part };
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#work = this.#work.then(() => this.#enforce());
      }, SETTLE_MS);
    };
    await Promise.all([
      this.#api.mirror<Pod>("/api/v1/pods", (pods) => take({ pods })),
      this.#api.mirror<Namespace>("/api/v1/namespaces", (namespaces) => take({ namespaces })),
      this.#api.mirror<NetworkPolicy>("/apis/networking.k8s.io/v1/networkpolicies", (policies) => take({ policies })),
    ]);
    clearTimeout(this.#timer);
    await this.#work;
  }

  async #enforce(): Promise<void> {
    for (const server of this.#servers) {
      try {
        await this.#enforceOn(server);
      } catch (error) {
        this.#complain(error instanceof Error ? error.message : String(error));
      }
    }
  }

  async #enforceOn({ name, machine, bootedAt }: Server): Promise<void> {
    const before = this.#applied.get(name);
    // A server that was off has forgotten its chains.
    const isSame = before?.boot === bootedAt;
    const { text, chains } = filterRules(this.#view, name, isSame ? before.chains : [], this.#trusted);
    if (!machine.isUp || (isSame && before.text === text)) return;
    await machine.must(["iptables-restore", "-w", "--noflush"], text);
    await machine.must(["sh", "-euc", FIRST]);
    this.#applied.set(name, { text, chains, boot: bootedAt });
  }
}
