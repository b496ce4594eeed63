import { untilReady } from "../apply/apply.ts";
import { issueCertificates } from "../apply/certificates.ts";
import type { Difference } from "../apply/difference.ts";
import { operatorDifferences } from "../apply/operators.ts";
import { publicCertificateDifference } from "../apply/public-certificates.ts";
import { ensureTools } from "../binaries/ensure.ts";
import { ensureImages } from "../images/images.ts";
import type { BuiltImage } from "../images/image.ts";
import { labImages } from "../images/recipes.ts";
import { ensureImageStore } from "../images/store.ts";
import { checkHost } from "../network/host.ts";
import { Network } from "../network/network.ts";
import type { SiteNet } from "../network/plan.ts";
import { Run } from "../network/run.ts";
import type { NameServer } from "../../resilience/system.ts";
import type { Authority } from "../site/certificates.ts";
import { openDrillAuthority } from "../site/drill-authority.ts";
import { groundDifferences } from "../site/differences.ts";
import { Site } from "../site/site.ts";
import { placeServers } from "../site/spec.ts";
import { groundOf, objectsFor } from "./layers.ts";
import type { PlannedSite, PlannedStage } from "./planned.ts";
import { PROVIDER_DNS_ADDRESS, providerDnsDifference, startProviderDns } from "./provider-dns.ts";
import { providerZone } from "./provider-zone.ts";
import type { ProviderZone } from "./provider-zone.ts";
import { sparing } from "./spare.ts";
import { StagedSite } from "./staged-site.ts";
import { startStore, storeDifference } from "./store.ts";

/** Ranges inside a cluster whose plan names none: k3s' own. Every site has them, as separate clusters do. */
const POD_RANGE = "10.42.0.0/16";
const SERVICE_RANGE = "10.43.0.0/16";

const neededTools = ["certificates", "versitygw", "cloudnative-pg-release", "barman-cloud-release"] as const;
const definitionTools = ["barman-cloud-crds", "cert-manager-crds", "traefik-crds", "prometheus-operator-crds"] as const;

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
    const { steps, step } = stepsOf(report);
    const material = await gather(plan, step, report);
    const zones = plan.sites.flatMap(({ name, resources }): ProviderZone[] => {
      const zone = providerZone(name, resources);
      return zone === undefined ? [] : [zone];
    });
    const run = await Run.begin(report);
    try {
      run.endOnSignals(report);
      const network = await step("networks", () => Network.lay(run, plan.sites.map(netOf), publicDns(plan)));
      for (const zone of zones) await startProviderDns(network, zone);
      const openssl = material.tools.certificates["openssl"] ?? "openssl";
      const authority = await openDrillAuthority(openssl, run.room("public-authority"));
      const resources = plan.sites.flatMap((site) => site.resources);
      const certificates = await issueCertificates(resources, openssl, run.room("certificates"));
      const ground = await groundOf(material, openssl, run.room("operators"));
      const { imageStore } = material;
      const sites = await step("clusters", () =>
        Promise.all(
          plan.sites.map(async (planned): Promise<StagedSite> => {
            const { servers, sharedStorage = [], enforcePolicies, nodeMonitor } = planned;
            const { resolver } = network;
            const net = netOf(planned);
            const spec = { net, servers, sharedStorage, imageStore, resolver, enforcePolicies, nodeMonitor };
            const site = await Site.up(spec, { run, network, report });
            return new StagedSite(planned, site, {
              ground,
              objects: await objectsFor(planned, certificates, authority),
            });
          }),
        ),
      );
      const program = material.tools.versitygw["versitygw"] ?? "versitygw";
      await step("stores", () => Promise.all(sites.map((site) => openStore(site, program, authority))));
      await step("operators", () => Promise.all(sites.map((site) => site.layGround())));
      await step("objects", () => Promise.all(sites.map(layFirst)));
      await step("ready", () => Promise.all(sites.map(({ site }) => untilReady(site))));
      return new Stage({ plan, network, run, sites, differences: differencesOf(plan, material.images, zones), steps });
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

/** Counts how long steps take. */
function stepsOf(report: (line: string) => void): {
  readonly steps: readonly Step[];
  readonly step: <T>(name: string, work: () => Promise<T>) => Promise<T>;
} {
  const steps: Step[] = [];
  return {
    steps,
    step: async (name, work) => {
      const start = Date.now();
      const result = await work();
      const seconds = (Date.now() - start) / 1000;
      steps.push({ name, seconds });
      report(`${name}: ${seconds.toFixed(1)} s`);
      return result;
    },
  };
}

/** All that is built once and cached, before anything is started. */
async function gather(
  { sites }: PlannedStage,
  step: ReturnType<typeof stepsOf>["step"],
  report: (line: string) => void,
) {
  const tools = await step("programs", () => ensureTools([...neededTools, ...definitionTools], report));
  const names = [...new Set(sites.flatMap(({ objects }) => imagesIn(objects)))];
  const images = await step("images", () => ensureImages([...names, ...Object.values(labImages)], report));
  const imageStore = await step("image store", () => ensureImageStore(images, report));
  return {
    tools,
    images,
    imageStore,
    definitions: definitionTools.flatMap((name) => Object.values(tools[name])),
    releases: [...Object.values(tools["cloudnative-pg-release"]), ...Object.values(tools["barman-cloud-release"])],
  };
}

/** Puts a site's planned objects on its cluster for the first time. */
function layFirst(staged: StagedSite): Promise<void> {
  const { planned, site } = staged;
  const put = (): Promise<void> => staged.layObjects();
  // Volumes that no server keeps follow their pods: nothing has to be spared.
  return (planned.sharedStorage ?? []).length > 0 ? put() : sparing(site, put);
}

/** Starts a site's backup store, if it has one, now and whenever its server is switched on. */
async function openStore(
  { planned: { name, store }, site }: StagedSite,
  program: string,
  authority: Authority,
): Promise<void> {
  if (store === undefined) return;
  const host = new URL(store.endpoint).hostname;
  const identity = await authority.issue(`store-${name}`, { commonName: host, alternatives: [`DNS:${host}`] });
  const key = { id: "planned", secret: "planned" };
  const server = site.server(store.server);
  const parts = { program, identity, authority: authority.own.certificate, key };
  await server.startAtBoot(() => startStore(parts, server, store));
}

/** In what the stage is not what was planned. */
const differencesOf = (
  { sites }: PlannedStage,
  images: readonly BuiltImage[],
  zones: readonly ProviderZone[],
): readonly Difference[] => [
  ...images.flatMap(({ name, differences: found }) =>
    found.map((what) => ({ subject: name, what, why: "no image registry is asked: images are made here" })),
  ),
  publicCertificateDifference,
  storeDifference,
  ...groundDifferences,
  ...operatorDifferences,
  ...(zones.length > 0 ? [providerDnsDifference] : []),
  ...sites.flatMap((site) => site.differences ?? []),
];

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
