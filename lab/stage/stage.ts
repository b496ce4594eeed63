import { layGround, untilReady } from "../apply/apply.ts";
import { issueCertificates, replaceTexts } from "../apply/certificates.ts";
import { applyObjects } from "../apply/cluster.ts";
import type { PlannedObject } from "../apply/cluster.ts";
import type { Difference } from "../apply/difference.ts";
import { operatorDifferences, operatorObjects, readObjects } from "../apply/operators.ts";
import { publicCertificateDifference, publicCertificates, secretOf } from "../apply/public-certificates.ts";
import { selfSigned } from "../apply/self-signed.ts";
import { ensureTools } from "../binaries/ensure.ts";
import { ensureImages } from "../images/images.ts";
import { labImages } from "../images/recipes.ts";
import { ensureImageStore } from "../images/store.ts";
import { checkHost } from "../network/host.ts";
import { Network } from "../network/network.ts";
import type { SiteNet } from "../network/plan.ts";
import { Run } from "../network/run.ts";
import type { NameServer } from "../../resilience/system.ts";
import { openDrillAuthority } from "../site/drill-authority.ts";
import { groundDifferences } from "../site/differences.ts";
import { Site } from "../site/site.ts";
import { placeServers } from "../site/spec.ts";
import type { PlannedSite, PlannedStage } from "./planned.ts";
import { PROVIDER_DNS_ADDRESS, providerDnsDifference, startProviderDns } from "./provider-dns.ts";
import { providerZone } from "./provider-zone.ts";
import type { ProviderZone } from "./provider-zone.ts";
import { sparing } from "./spare.ts";
import { startStore, storeDifference } from "./store.ts";

/** Ranges inside a cluster whose plan names none: k3s' own. Every site has them, as separate clusters do. */
const POD_RANGE = "10.42.0.0/16";
const SERVICE_RANGE = "10.43.0.0/16";

const definitionTools = ["barman-cloud-crds", "cert-manager-crds", "traefik-crds", "prometheus-operator-crds"] as const;

/** A site on stage, with what was planned for it. */
export interface StagedSite {
  readonly planned: PlannedSite;
  readonly site: Site;
}

/** How long a step took. */
export interface Step {
  readonly name: string;
  readonly seconds: number;
}

/** A planned topology, brought up. */
export class Stage {
  readonly plan: PlannedStage;
  readonly network: Network;
  readonly run: Run;
  readonly sites: readonly StagedSite[];
  readonly differences: readonly Difference[];
  readonly steps: readonly Step[];

  private constructor(parts: Pick<Stage, "plan" | "network" | "run" | "sites" | "differences" | "steps">) {
    this.plan = parts.plan;
    this.network = parts.network;
    this.run = parts.run;
    this.sites = parts.sites;
    this.differences = parts.differences;
    this.steps = parts.steps;
  }

  /**
   * Brings a plan up: networks, clusters, stores, operators, and the planned objects as they are.
   *
   * @throws naming all that the machine lacks; what was started by then is ended
   */
  static async up(plan: PlannedStage, report: (line: string) => void): Promise<Stage> {
    checkHost();
    const steps: Step[] = [];
    const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
      const start = Date.now();
      const result = await work();
      steps.push({ name, seconds: (Date.now() - start) / 1000 });
      report(`${name}: ${steps.at(-1)?.seconds.toFixed(1)} s`);
      return result;
    };
    const tools = await step("programs", () =>
      ensureTools(
        ["certificates", "versitygw", "cloudnative-pg-release", "barman-cloud-release", ...definitionTools],
        report,
      ),
    );
    const names = [...new Set(plan.sites.flatMap(({ objects }) => imagesIn(objects)))];
    const images = await step("images", () => ensureImages([...names, ...Object.values(labImages)], report));
    const imageStore = await step("image store", () => ensureImageStore(images, report));
    const providerZones = plan.sites.flatMap(({ name, resources }): ProviderZone[] => {
      const zone = providerZone(name, resources);
      return zone === undefined ? [] : [zone];
    });
    const run = await Run.begin(report);
    try {
      run.endOnSignals(report);
      const network = await step("networks", () => Network.lay(run, plan.sites.map(netOf), publicDns(plan)));
      for (const zone of providerZones) await startProviderDns(network, zone);
      const openssl = tools.certificates["openssl"] ?? "openssl";
      const authority = await openDrillAuthority(openssl, run.room("public-authority"));
      const certificates = await issueCertificates(
        plan.sites.flatMap(({ resources }) => resources),
        openssl,
        run.room("certificates"),
      );
      const sites = await step("clusters", () =>
        Promise.all(
          plan.sites.map(async (planned): Promise<StagedSite> => {
            const { resolver } = network;
            const { servers, sharedStorage = [], enforcePolicies, nodeMonitor } = planned;
            const net = netOf(planned);
            const spec = { net, servers, sharedStorage, imageStore, resolver, enforcePolicies, nodeMonitor };
            return { planned, site: await Site.up(spec, { run, network, report }) };
          }),
        ),
      );
      const differences = [
        ...images.flatMap(({ name, differences: found }) =>
          found.map((what) => ({ subject: name, what, why: "no image registry is asked: images are made here" })),
        ),
        publicCertificateDifference,
        storeDifference,
        ...groundDifferences,
        ...operatorDifferences,
        ...(providerZones.length > 0 ? [providerDnsDifference] : []),
        ...plan.sites.flatMap((site) => site.differences ?? []),
      ];
      await step("stores", () =>
        Promise.all(
          sites.map(async ({ planned: { name, store }, site }) => {
            if (store === undefined) return;
            const host = new URL(store.endpoint).hostname;
            const identity = await authority.issue(`store-${name}`, {
              commonName: host,
              alternatives: [`DNS:${host}`],
            });
            const key = { id: "planned", secret: "planned" };
            const server = site.server(store.server);
            const program = tools.versitygw["versitygw"] ?? "versitygw";
            const parts = { program, identity, authority: authority.own.certificate, key };
            await server.startAtBoot(() => startStore(parts, server, store));
          }),
        ),
      );
      const definitions = definitionTools.flatMap((name) => Object.values(tools[name]));
      const released = readObjects([
        ...Object.values(tools["cloudnative-pg-release"]),
        ...Object.values(tools["barman-cloud-release"]),
      ]);
      const operators = await operatorObjects(released, ({ secret: name, commonName, dnsNames }) =>
        selfSigned(openssl, run.room("operators"), { name, commonName, dnsNames }),
      );
      await step("operators", () => Promise.all(sites.map(({ site }) => layGround(site, { definitions, operators }))));
      await step("objects", () =>
        Promise.all(
          sites.map(async ({ planned: { objects, sharedStorage = [] }, site }) => {
            const mine = replaceTexts(objects, certificates) as readonly PlannedObject[];
            const secrets: PlannedObject[] = [];
            for (const wanted of publicCertificates(mine)) {
              const [host = ""] = wanted.dnsNames;
              const alternatives = wanted.dnsNames.map((name) => `DNS:${name}`);
              const identity = await authority.issue(wanted.secret, { commonName: host, alternatives });
              secrets.push(secretOf(wanted, identity));
            }
            const namespaces = mine.filter(({ kind }) => kind === "Namespace");
            const rest = mine.filter(({ kind }) => kind !== "Namespace");
            const put = (): Promise<void> => applyObjects(site, [...namespaces, ...secrets, ...rest]);
            // Volumes that no server keeps follow their pods: nothing has to be spared.
            await (sharedStorage.length > 0 ? put() : sparing(site, put));
          }),
        ),
      );
      await step("ready", () => Promise.all(sites.map(({ site }) => untilReady(site))));
      return new Stage({ plan, network, run, sites, differences, steps });
    } catch (error) {
      // What could not be undone must not hide why.
      await run
        .end(report)
        .catch((failure: unknown) => report(failure instanceof Error ? failure.message : String(failure)));
      throw error;
    }
  }

  /** Ends everything. */
  async down(report: (line: string) => void): Promise<void> {
    await Promise.all(this.sites.map(({ site }) => site.stop()));
    await this.network.stop();
    await this.run.end(report);
  }
}

const netOf = ({ name, publicAddress, ranges }: PlannedSite): SiteNet => ({
  name,
  publicAddress,
  ...(ranges ?? { podRange: POD_RANGE, serviceRange: SERVICE_RANGE }),
});

/** Names of the images in some objects. */
export function imagesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(imagesIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    (key === "image" || key === "imageName") && typeof item === "string" ? [item] : imagesIn(item),
  );
}

/** What the public DNS knows: the platform's zones at the sites' name servers, and where the stores are. */
function publicDns({ sites, judgement }: PlannedStage) {
  const addressOf = ({ site, runsOn }: NameServer): string =>
    runsOn === "provider" ? PROVIDER_DNS_ADDRESS : (sites.find(({ name }) => name === site)?.publicAddress ?? "");
  const { nameServers } = judgement.system;
  const zones = [...new Set(nameServers.map(({ zone }) => zone))];
  return {
    delegations: zones.map((zone) => ({
      zone,
      servers: [...new Set(nameServers.filter((one) => one.zone === zone).map(addressOf))],
    })),
    names: Object.fromEntries(
      sites.flatMap((site) => {
        const { store } = site;
        if (store === undefined) return [];
        const place = placeServers({ net: netOf(site), servers: site.servers }).find(
          ({ server }) => server.name === store.server,
        );
        // Of several servers one has the store, and the public address leads to all.
        return [[new URL(store.endpoint).hostname, place?.address ?? site.publicAddress] as const];
      }),
    ),
  };
}
