import { known, mapFact, unknown } from "../fact.ts";
import type { Fact } from "../fact.ts";
import type { MongoReplicaSet, Proxy, Service, Volume } from "../system.ts";
import type { Declarations, Declared } from "./declarations.ts";
import { plain } from "./field.ts";
import type { Field } from "./field.ts";
import { selectsWorkload } from "./selectors.ts";
import type { Hosts } from "./hosts.ts";
import { claimsOf, podSpecOf } from "./mounts.ts";
import { readyAgainOf, replicasOf, restartOf, unreadyOf } from "./probes.ts";
import { parseQuantity } from "./quantities.ts";
import { spreadOf } from "./spread.ts";
import { storeClientOf } from "./store-client.ts";
import { componentOf, environmentOf, mainContainer, requestOf } from "./workloads.ts";
import { oneOf } from "./zones.ts";

/** The services of all sites: what our component made, and whatever else a route leads to or speaks to a store. */
export function observeServices(
  declarations: Declarations,
  hosts: Hosts,
  proxies: readonly Proxy[],
  replicaSets: readonly MongoReplicaSet[],
): readonly Service[] {
  const routed = new Set(
    proxies.flatMap(({ routes }) =>
      routes.flatMap(({ backends }) =>
        backends.flatMap(({ site, service }) => (service === undefined ? [] : [`${site} ${service}`])),
      ),
    ),
  );
  const budgets = new Map<string, Declared[]>();
  for (const budget of declarations.ofKind("policy/PodDisruptionBudget")) {
    const at = `${budget.site} ${budget.namespace}`;
    budgets.set(at, [...(budgets.get(at) ?? []), budget]);
  }
  return ["apps/Deployment", "apps/StatefulSet"]
    .flatMap((kind) => declarations.ofKind(kind))
    .flatMap((workload): readonly Service[] => {
      const component = componentOf(declarations, workload);
      const container = mainContainer(podSpecOf(workload), workload.name);
      const store = storeClientOf(hosts, replicaSets, workload, environmentOf(declarations, workload, container));
      const isOurs =
        component !== undefined ||
        routed.has(`${workload.site} ${workload.name}`) ||
        (store !== undefined && !isPart(declarations, workload));
      if (!isOurs) return [];
      const podSpec = podSpecOf(workload);
      const session = component?.get("session");
      const posts = component?.get("postIsRead");
      return [
        {
          name: workload.name,
          site: workload.site,
          urn: workload.urn,
          replicas: replicasOf(workload),
          image: container.get("image").text(),
          store,
          restart: restartOf(podSpec, container),
          volumes: claimsOf(podSpec),
          ...spreadOf(podSpec),
          cpuRequest: requestOf(podSpec, "cpu"),
          memoryRequest: requestOf(podSpec, "memory"),
          capacity:
            component?.get("requestsPerSecond").number() ??
            unknown(`no config declares how many requests ${workload.name} serves`, { urn: workload.urn, path: "" }),
          hasDisruptionBudget: (budgets.get(`${workload.site} ${workload.namespace}`) ?? []).some((budget) =>
            selectsWorkload(budget.inputs.get("spec", "selector"), workload),
          ),
          watchesStore: watchesStoreOf(component, container, workload),
          unready: unreadyOf(container),
          readyAgain: readyAgainOf(container),
          session: session && !session.absent ? session.get("lifetime").number() : undefined,
          ...(session && !session.absent ? { signInPath: session.get("signInPath").text() } : {}),
          ...(posts && !posts.absent ? { postIsRead: posts.texts() } : {}),
        },
      ];
    });
}

/** The component's word on its readiness probe, as long as the probe asks the path that the word was given for. */
function watchesStoreOf(component: Field | undefined, container: Field, workload: Declared): Fact<boolean> {
  const said = component?.get("readyWatchesStore");
  if (!component || !said || said.absent)
    return unknown(`nothing declares that readiness of ${workload.name} watches its store`, {
      urn: workload.urn,
      path: "",
    });
  const wanted = component.get("readyPath").text();
  const asked = container.get("readinessProbe", "httpGet", "path").text();
  if (wanted.state !== "known") return wanted;
  if (asked.state !== "known") return asked;
  return asked.value === wanted.value
    ? said.boolean()
    : known(false, container.get("readinessProbe", "httpGet", "path").source);
}

/** A part of one of our other components, such as a job beside a database. */
function isPart(declarations: Declarations, workload: Declared): boolean {
  const parent = workload.resource.parent === undefined ? undefined : declarations.byUrn(workload.resource.parent);
  return parent?.type.startsWith("holdfast:platform:") ?? false;
}

/** The claims that the services mount. */
export function observeVolumes(declarations: Declarations, services: readonly Service[]): readonly Volume[] {
  const seen = new Set<string>();
  return services.flatMap((service) => {
    const workload = declarations.byUrn(service.urn);
    if (!workload) return [];
    return service.volumes.flatMap((name): readonly Volume[] => {
      const claim = declarations.find(workload.site, "/PersistentVolumeClaim", workload.namespace, name);
      if (!claim) {
        declarations.miss(workload, `it mounts the claim ${name}, which is not declared`);
        return [];
      }
      if (seen.has(claim.urn)) return [];
      seen.add(claim.urn);
      const spec = claim.inputs.get("spec");
      const facts = volumeFacts(componentOf(declarations, claim), name);
      return [
        {
          name,
          site: claim.site,
          urn: claim.urn,
          storageClass: spec.get("storageClassName").text(),
          shared: mapFact(spec.get("accessModes").texts(), (modes) => modes.includes("ReadWriteMany")),
          content: facts
            ? oneOf(facts.get("content"), ["uploads", "cache"])
            : unknown(`nothing says what ${name} holds`, { urn: claim.urn, path: "" }),
          urlPath: facts ? plain(facts.get("urlPath")) : undefined,
          size: spec.get("resources", "requests", "storage").read("a size such as 20Gi", parseQuantity),
        },
      ];
    });
  });
}

/** The component's own word on a claim `<service>-<volume>`. */
function volumeFacts(component: Field | undefined, claim: string): Field | undefined {
  return component
    ?.get("volumes")
    .items()
    .filter((volume) => claim.endsWith(`-${plain(volume.get("name")) ?? "\0"}`))
    .sort((a, b) => (plain(b.get("name")) ?? "").length - (plain(a.get("name")) ?? "").length)[0];
}
