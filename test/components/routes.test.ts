import { expect } from "chai";
import fc from "fast-check";
import { isBelow, METHODS, reachableSites, routesOf } from "../../components/routes.ts";
import type { Entry, Route } from "../../components/routes.ts";
import { topologies } from "../../topologies/index.ts";
import { masterSlave } from "../../topologies/master-slave.ts";
import { absentPeer, contextOf, peerOf } from "./site-fixture.ts";
import type { ServiceInput } from "./site-fixture.ts";

const READS = masterSlave.proxy.readMethods;
const both = new Set(["aachen", "titan"]);

const matches = (route: Route, host: string, path: string, method: string): boolean =>
  route.host === host &&
  (route.match.kind === "exact" ? path === route.match.path : isBelow(path, route.match.path)) &&
  route.methods.some((each) => each === method);

/** The routes that win at an entry point: as Traefik decides, those of the highest priority. */
function winners(routes: readonly Route[], entry: Entry, host: string, path: string, method: string): readonly Route[] {
  const found = routes.filter((route) => route.entry === entry && matches(route, host, path, method));
  const top = Math.max(...found.map(({ priority }) => priority));
  return found.filter(({ priority }) => priority === top);
}

/** Where a request to example.org is tried, in order. */
function way(
  site: string,
  method: string,
  path: string,
  options: { active?: string; reachable?: Set<string>; entry?: Entry; host?: string } = {},
) {
  const { entry = "public", host = "example.org", reachable = both } = options;
  const found = winners(routesOf(contextOf(site, options), reachable), entry, host, path, method);
  if (found.length !== 1) return found.map(({ name }) => name);
  return found[0]!.backends.map((backend) => (backend.kind === "local" ? "local" : backend.site));
}

describe("components/routes [S1.3]", () => {
  it("titan answers reads itself and asks aachen when it can't", () => {
    for (const method of READS)
      expect(way("titan", method, "/api/core/users"), method).to.deep.equal(["local", "aachen"]);
  });

  it("titan sends every other method to aachen, and to nobody else", () => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      expect(way("titan", method, "/api/core/users"), method).to.deep.equal(["aachen"]);
      expect(way("titan", method, "/api/alastair"), method).to.deep.equal(["aachen"]);
    }
  });

  it("aachen answers all itself; only reads go to titan when its own pods are gone", () => {
    expect(way("aachen", "GET", "/api/core")).to.deep.equal(["local", "titan"]);
    expect(way("aachen", "POST", "/api/core")).to.deep.equal(["local"]);
  });

  it("a path whose POST is a read is answered like a read, and only exactly that path", () => {
    expect(way("titan", "POST", "/api/core/search")).to.deep.equal(["local", "aachen"]);
    expect(way("titan", "POST", "/api/core/search/save")).to.deep.equal(["aachen"]);
    expect(way("titan", "PUT", "/api/core/search")).to.deep.equal(["aachen"]);
    expect(way("titan", "GET", "/api/core/search")).to.deep.equal(["local", "aachen"]);
  });

  it("a service that is not safe to read at a standby is asked at the active site only", () => {
    const host = "events.example.org";
    expect(way("titan", "GET", "/", { host })).to.deep.equal(["aachen"]);
    expect(way("aachen", "GET", "/", { host })).to.deep.equal(["local"]);
    expect(way("titan", "GET", "/", { host, entry: "overlay" })).to.deep.equal([]);
  });

  it("uploads are read where they are kept: titan has no copy", () => {
    expect(way("titan", "GET", "/media/core/a.jpg")).to.deep.equal(["aachen"]);
    expect(way("aachen", "GET", "/media/core/a.jpg")).to.deep.equal(["local"]);
  });

  it("uploads under the service's whole path make all of it the active site's", () => {
    const whole: ServiceInput[] = [
      {
        name: "files",
        image: "example.org/files:1",
        port: 80,
        probe: { path: "/" },
        volumes: [{ name: "data", mountPath: "/data", size: "1Gi", content: "uploads", urlPath: "/" }],
      },
    ];
    const routes = routesOf(contextOf("titan", { services: whole }), both).filter(({ entry }) => entry === "public");
    expect(routes.map(({ name, backends }) => [name, backends])).to.deep.equal([
      ["files.read.public", [{ kind: "site", site: "aachen" }]],
      ["files.write.public", [{ kind: "site", site: "aachen" }]],
    ]);
  });

  it("after a switchover the roles are exchanged", () => {
    expect(way("aachen", "POST", "/api/core", { active: "titan" })).to.deep.equal(["titan"]);
    expect(way("aachen", "GET", "/api/core", { active: "titan" })).to.deep.equal(["local", "titan"]);
    expect(way("titan", "POST", "/api/core", { active: "titan" })).to.deep.equal(["local"]);
  });

  it("while a switchover is under way a write ends at the notice page of the site that is not active yet", () => {
    const halfway = routesOf(contextOf("aachen", { active: "titan" }), both);
    const [out] = winners(halfway, "public", "example.org", "/api/core", "POST");
    expect(out?.backends).to.deep.equal([{ kind: "site", site: "titan" }]);
    for (const [method, path] of [
      ["POST", "/api/core"],
      ["GET", "/media/core/a.jpg"],
    ] as const) {
      const [found] = winners(routesOf(contextOf("titan"), both), "overlay", "example.org", path, method);
      expect(found?.backends, method).to.deep.equal([]);
    }
  });

  it("a site that has not been brought up is in no route; a standby's writes then end at the notice page", () => {
    const nobody = reachableSites([absentPeer("titan")]);
    expect(way("aachen", "GET", "/api/core", { reachable: new Set(nobody) })).to.deep.equal(["local"]);
    expect(way("titan", "POST", "/api/core", { reachable: new Set(nobody) })).to.deep.equal([]);
    expect([...reachableSites([peerOf("titan")])]).to.deep.equal(["titan"]);
  });

  it("TRACE and CONNECT are not routed", () => {
    const routes = routesOf(contextOf("aachen"), both);
    expect(routes.flatMap(({ methods }) => methods)).to.not.include.members(["TRACE"]);
    expect(winners(routes, "public", "example.org", "/", "CONNECT")).to.deep.equal([]);
  });

  it("a path is taken by whole segments: what begins alike goes elsewhere", () => {
    expect(way("titan", "POST", "/api/corex")).to.deep.equal(["aachen"]);
    const winner = (path: string) =>
      winners(routesOf(contextOf("titan"), both), "public", "example.org", path, "GET").map(({ service }) => service);
    expect(["/api/core", "/api/core/", "/api/core/x", "/api/corex"].map(winner)).to.deep.equal([
      ["core"],
      ["core"],
      ["core"],
      ["front"],
    ]);
  });

  describe("for every topology, role and set of services", () => {
    const paths = ["/", "/api", "/api/a", "/api/ab", "/api/a/b", "/files"];
    const hosts = ["example.org", "b.example.org"];
    const serviceSet = fc
      .uniqueArray(fc.record({ host: fc.constantFrom(...hosts), path: fc.constantFrom(...paths) }), {
        minLength: 1,
        maxLength: 6,
        selector: ({ host, path }) => host + path,
      })
      .chain((places) =>
        fc.tuple(
          ...places.map((place, index) =>
            fc
              .record({
                readOnlySafe: fc.boolean(),
                stripPath: fc.boolean(),
                search: fc.boolean(),
                uploads: fc.boolean(),
              })
              .map(({ readOnlySafe, stripPath, search, uploads }): ServiceInput => {
                const below = place.path.replace(/\/$/, "");
                return {
                  name: `s${index}`,
                  image: "example.org/s:1",
                  port: 8080,
                  probe: { path: "/" },
                  ...place,
                  readOnlySafe,
                  stripPath,
                  postIsRead: search ? [`${below}/search${index}`] : [],
                  volumes: uploads
                    ? [
                        {
                          name: "up",
                          mountPath: "/up",
                          size: "1Gi",
                          content: "uploads",
                          urlPath: `${below}/up${index}`,
                        },
                      ]
                    : [],
                };
              }),
          ),
        ),
      );
    const situation = fc
      .record({ topology: fc.constantFrom(...topologies), services: serviceSet })
      .chain(({ topology, services }) => {
        const names = topology.sites.map(({ name }) => name);
        return fc.record({
          topology: fc.constant(topology),
          services: fc.constant(services),
          site: fc.constantFrom(...names),
          active: fc.constantFrom(...names),
          reachable: fc.subarray(names).map((some) => new Set(some)),
        });
      });
    const holds = (
      check: (routes: readonly Route[], site: string, active: string, services: readonly ServiceInput[]) => void,
    ) =>
      fc.assert(
        fc.property(situation, ({ topology, services, site, active, reachable }) => {
          const context = contextOf(site, { topology, services: [...services], active });
          check(routesOf(context, reachable), site, active, services);
        }),
      );

    it("exactly one public route wins for every method and path of a service", () => {
      holds((routes, _site, _active, services) => {
        for (const { host, path = "/" } of services) {
          for (const tail of ["", "/", "/x", "/search0", "/up0/a", "/search1", "/up1"]) {
            for (const method of METHODS) {
              const found = winners(routes, "public", host!, path + tail, method);
              expect(
                found.map(({ name }) => name),
                `${method} ${host}${path}${tail}`,
              ).to.have.length(1);
            }
          }
        }
      });
    });

    it("no write has a second backend", () => {
      holds((routes) => {
        for (const route of routes.filter(({ access }) => access === "write")) {
          expect(route.backends.length, route.name).to.be.at.most(1);
          expect(
            route.methods.filter((method) => READS.includes(method)),
            route.name,
          ).to.deep.equal([]);
        }
      });
    });

    it("no route of the overlay leads to another site", () => {
      holds((routes) => {
        for (const { entry, backends, name } of routes) {
          if (entry === "overlay") expect([[{ kind: "local" }], []], name).to.deep.include(backends);
        }
      });
    });

    it("a standby answers no other method than reads itself, but for the paths whose POST is one", () => {
      holds((routes, site, active) => {
        if (site === active) return;
        for (const { name, methods, match, backends } of routes) {
          if (!backends.some(({ kind }) => kind === "local")) continue;
          const admitted = match.kind === "exact" && match.path.includes("/search") ? ["POST"] : READS;
          expect(admitted, name).to.include.members([...methods]);
        }
      });
    });

    it("every name is used once", () => {
      holds((routes) => {
        const names = routes.map(({ name }) => name);
        expect(new Set(names).size).to.equal(names.length);
      });
    });
  });
});
