import { known } from "../fact.ts";
import type { Fact } from "../fact.ts";
import type { Proxy } from "../system.ts";
import type { Declarations, Declared } from "./declarations.ts";
import type { Hosts } from "./hosts.ts";
import { podSpecOf } from "./mounts.ts";
import { replicasOf, restartOf } from "./probes.ts";
import { parseGoDuration } from "./quantities.ts";
import { observeRoutes } from "./routes.ts";
import type { SiteRoutes } from "./routes.ts";
import { spreadOf } from "./spread.ts";
import { mainContainer } from "./workloads.ts";
import { argsOf, isTraefik } from "./traefik.ts";

/** Traefik 3.7's own time-outs where nothing sets them: dialling 30 s, first byte none at all. */
const DIAL_TIMEOUT = 30;
const NO_TIMEOUT = Infinity;

/** The Traefik of each site, with the routes that the custom resources of its cluster give it. */
export function observeProxies(declarations: Declarations, hosts: Hosts): readonly Proxy[] {
  const routes = observeRoutes(declarations, hosts);
  return ["apps/Deployment", "apps/DaemonSet", "apps/StatefulSet"].flatMap((kind) =>
    declarations
      .ofKind(kind)
      .filter(isTraefik)
      .map((workload) => proxyOf(declarations, workload, routes.get(workload.site))),
  );
}

function proxyOf(declarations: Declarations, workload: Declared, routes: SiteRoutes | undefined): Proxy {
  const slowestOf = (names: readonly string[], setting: string, applied: number): Fact<number> =>
    slowest(names.map((name) => timeout(declarations, workload, name, setting, applied)));
  return {
    site: workload.site,
    urn: workload.urn,
    replicas: replicasOf(workload),
    ...spreadOf(podSpecOf(workload)),
    routes: routes?.routes ?? [],
    dialTimeout: slowestOf(routes?.readTransports ?? [], "dialTimeout", DIAL_TIMEOUT),
    writeDialTimeout: slowestOf(routes?.writeTransports ?? [], "dialTimeout", DIAL_TIMEOUT),
    firstByteTimeout: slowestOf(routes?.readTransports ?? [], "responseHeaderTimeout", NO_TIMEOUT),
    writeTimeout: slowestOf(routes?.writeTransports ?? [], "responseHeaderTimeout", NO_TIMEOUT),
    restart: restartOf(podSpecOf(workload), mainContainer(podSpecOf(workload), "traefik")),
  };
}

/**
 * A time-out of one ServersTransport, seconds.
 *
 * @param name `<namespace>/<name>`; empty: the proxy's default transport
 */
function timeout(
  declarations: Declarations,
  proxy: Declared,
  name: string,
  setting: string,
  applied: number,
): Fact<number> {
  const none = (value: number): number => (value === 0 ? NO_TIMEOUT : value);
  if (name === "") {
    const flag = `--serverstransport.forwardingtimeouts.${setting.toLowerCase()}=`;
    const containers = podSpecOf(proxy).get("containers");
    const arg = containers
      .items()
      .flatMap(argsOf)
      .find((text) => text.toLowerCase().startsWith(flag));
    return known(arg === undefined ? applied : none(parseGoDuration(arg.slice(flag.length)) ?? NaN), containers.source);
  }
  const [namespace = "", transport = ""] = name.split("/");
  const declared = declarations.find(proxy.site, "traefik.io/ServersTransport", namespace, transport);
  if (!declared)
    return {
      state: "unknown",
      why: `ServersTransport ${name} is not declared at ${proxy.site}`,
      source: { urn: proxy.urn, path: "" },
    };
  const field = declared.inputs.get("spec", "forwardingTimeouts", setting);
  if (field.absent) return known(applied, field.source);
  return field.read("a duration such as 5s", (value) => {
    const seconds = parseGoDuration(value);
    return seconds === undefined ? undefined : none(seconds);
  });
}

function slowest(facts: readonly Fact<number>[]): Fact<number> {
  return facts.reduce<Fact<number>>(
    (a, b) =>
      a.state === "unknown" && a.source === undefined
        ? b
        : a.state !== "known"
          ? a
          : b.state !== "known" || b.value > a.value
            ? b
            : a,
    { state: "unknown", why: "no route forwards to a service" },
  );
}
