import { known } from "../../resilience/fact.ts";
import type { Fact } from "../../resilience/fact.ts";
import type { System } from "../../resilience/system.ts";
import type { Api } from "../site/api.ts";

/** As much of a pod as tells where it runs and what it holds. */
export interface PlacedPod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly nodeName?: string;
    readonly volumes?: readonly { readonly persistentVolumeClaim?: { readonly claimName: string } }[];
  };
}

const OVERLAY = "overlay";

/** All pods of a cluster. */
export async function podsOf(api: Pick<Api, "get">): Promise<readonly PlacedPod[]> {
  return (await api.get<{ readonly items: readonly PlacedPod[] }>("/api/v1/pods")).items;
}

/**
 * The system with what was seen of a site: on which server each volume lies that exists once, and the gateway. No resource
 * declares it, so that the analysis has to take each of them for hit by a dead server.
 */
export function placed(system: System, site: string, pods: readonly PlacedPod[]): System {
  const holder = new Map<string, string>();
  for (const { spec } of pods)
    for (const { persistentVolumeClaim: claim } of spec.volumes ?? [])
      if (claim !== undefined && spec.nodeName !== undefined) holder.set(claim.claimName, spec.nodeName);
  const gateway = pods.find(({ metadata, spec }) => metadata.namespace === OVERLAY && spec.nodeName !== undefined);
  const server = (name: string | undefined, urn: string | undefined): { readonly server?: Fact<string> } =>
    name === undefined ? {} : { server: known(name, { urn: urn ?? "", path: "as seen" }) };
  return {
    ...system,
    volumes: system.volumes.map((volume) =>
      volume.site === site ? { ...volume, ...server(holder.get(volume.name), volume.urn) } : volume,
    ),
    mongo: system.mongo.map((set) => ({
      ...set,
      members: set.members.map((member) =>
        member.site === site ? { ...member, ...server(holder.get(`data-${member.name}-0`), member.urn) } : member,
      ),
    })),
    links: system.links.map((link) =>
      link.from === site ? { ...link, ...server(gateway?.spec.nodeName, link.urn) } : link,
    ),
  };
}
