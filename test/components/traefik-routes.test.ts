import { expect } from "chai";
import { stringify } from "yaml";
import { routesOf } from "../../components/routes.ts";
import { noticeSpec, renderRoute, ruleOf, transportSpec } from "../../components/traefik-routes.ts";
import { masterSlave } from "../../topologies/master-slave.ts";
import { expectSnapshot } from "./snapshot.ts";
import { contextOf } from "./site-fixture.ts";

const plan = masterSlave.proxy;

function rendered(site: string, active: string, reachable: readonly string[] = ["aachen", "titan"]) {
  const context = contextOf(site, { active });
  const services = new Map(context.platform.services.map((service) => [service.name, service]));
  return routesOf(context, new Set(reachable)).map((route) => renderRoute(route, services.get(route.service)!, plan));
}

describe("components/traefik-routes", () => {
  for (const site of ["aachen", "titan"]) {
    for (const active of ["aachen", "titan"]) {
      const role = site === active ? "primary" : "standby";
      it(`renders the routes of ${site} as ${role} as they were reviewed`, () => {
        const routes = rendered(site, active).map(({ ingressRoute, failovers }) => ({
          [ingressRoute.name]: ingressRoute.spec,
          ...Object.fromEntries(failovers.map(({ name, spec }) => [`${name} (TraefikService)`, spec])),
        }));
        expectSnapshot(`routes-${site}-${role}.yaml`, stringify(routes, { lineWidth: 0 }));
      });
    }
  }

  it("writes a rule as Traefik reads it", () => {
    const match = { kind: "prefix", path: "/api/core" } as const;
    expect(ruleOf({ host: "my.example.org", match, methods: ["GET", "HEAD", "OPTIONS"] })).to.equal(
      "Host(`my.example.org`) && (Path(`/api/core`) || PathPrefix(`/api/core/`)) && (Method(`GET`) || Method(`HEAD`) || Method(`OPTIONS`))",
    );
    expect(ruleOf({ host: "my.example.org", match: { kind: "exact", path: "/s" }, methods: ["POST"] })).to.equal(
      "Host(`my.example.org`) && Path(`/s`) && Method(`POST`)",
    );
    for (const path of ["/", "/api/"]) {
      const rule = ruleOf({ host: "my.example.org", match: { kind: "prefix", path }, methods: ["GET"] });
      expect(rule).to.equal(`Host(\`my.example.org\`) && PathPrefix(\`${path}\`) && Method(\`GET\`)`);
    }
  });

  it("takes a prefix away at the own service only: the other site's proxy must see the whole path", () => {
    const { failovers } = rendered("titan", "aachen").find(
      ({ ingressRoute }) => ingressRoute.name === "core.read.public",
    )!;
    const { service, fallback } = failovers[0]!.spec.failover;
    expect(service).to.deep.include({ name: "core", middlewares: [{ name: "notice.read" }, { name: "core.strip" }] });
    expect(fallback).to.deep.include({ name: "proxy-aachen", port: 9000 }).and.not.have.property("middlewares");
  });

  it("leads a write that no site can take to the notice page, which says 503 itself", () => {
    const routes = rendered("titan", "aachen", ["titan"]);
    const { spec } = routes.find(({ ingressRoute }) => ingressRoute.name === "core.write.public")!.ingressRoute;
    expect(spec.routes[0]!.services).to.deep.equal([{ name: "notice", port: 8080 }]);
    expect(spec.routes[0]).to.not.have.property("middlewares");
  });

  it("chains as many failovers as there are backends but one", () => {
    const [route] = routesOf(contextOf("aachen"), new Set(["titan"]));
    const backends = [{ kind: "local" }, { kind: "site", site: "titan" }, { kind: "site", site: "third" }] as const;
    const { failovers } = renderRoute({ ...route!, backends }, contextOf("aachen").platform.services[0]!, plan);
    expect(failovers.map(({ name }) => name)).to.deep.equal(["front.read.public", "front.read.public.1"]);
    expect(failovers[0]!.spec.failover.fallback).to.deep.equal({ name: "front.read.public.1", kind: "TraefikService" });
    expect(failovers[1]!.spec.failover.fallback.name).to.equal("proxy-third");
  });

  it("waits longer for a write, and keeps no connection for it, so that none is sent again by the transport", () => {
    expect(transportSpec("write", plan)).to.deep.equal({
      forwardingTimeouts: { dialTimeout: "4s", responseHeaderTimeout: "30s" },
      maxIdleConnsPerHost: -1,
    });
    expect(transportSpec("read", plan)).to.deep.equal({
      forwardingTimeouts: { dialTimeout: "1s", responseHeaderTimeout: "5s" },
    });
  });

  it("answers 503 for every gateway error, and tells the page nothing of the visitor but what he accepts", () => {
    const { errors } = noticeSpec("write", plan);
    expect(errors.statusRewrites).to.deep.equal({ "502-504": 503 });
    expect(errors.errorRequestHeaders).to.deep.equal(["Accept"]);
    expect(errors.service.serversTransport).to.equal("forward.read");
  });
});
