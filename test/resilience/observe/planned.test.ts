import { expect } from "chai";
import type { Fact } from "../../../resilience/fact.ts";
import { observe } from "../../../resilience/observe/index.ts";
import type { Backend, Route, System } from "../../../resilience/system.ts";
import type { StackResources } from "../../../resilience/resource.ts";
import { PENDING } from "../../../resilience/resource.ts";
import { masterSlave } from "../../../topologies/master-slave.ts";
import { edited, plannedStacks, without } from "./planned.ts";
import type { Inputs } from "./planned.ts";

function value<T>(fact: Fact<T> | undefined): T {
  if (fact?.state !== "known") throw new Error(`not known: ${fact?.why ?? "absent"}`);
  return fact.value;
}

const why = (fact: Fact<unknown> | undefined): string =>
  fact && fact.state !== "known" ? `${fact.state}: ${fact.why}` : "known";
const ways = (backends: readonly Backend[] | undefined): readonly string[] | undefined =>
  backends?.map(({ site, service }) => `${service ?? "notice"}@${site}`);

/** The public route that takes a request, as the proxy would choose it. */
function routeAt(system: System, site: string, method: string, path: string): Route | undefined {
  return system.proxies
    .filter((proxy) => proxy.site === site)
    .flatMap(({ routes }) => routes)
    .filter(
      ({ entry, methods, paths }) =>
        entry === "public" && (methods?.includes(method) ?? true) && paths.some((own) => path.startsWith(own)),
    )
    .sort((a, b) => (b.priority ?? 0) - (a.priority ?? 0))[0];
}

describe("observe, on what the program declares for S1", () => {
  let stacks: readonly StackResources[];
  let system: System;

  before(async function () {
    this.timeout(60_000);
    stacks = await plannedStacks();
    system = observe(stacks);
  });

  const after = (site: string, kind: string, name: string, change: (inputs: Inputs) => void): System =>
    observe(edited(stacks, site, kind, name, change));

  describe("as declared", () => {
    it("reads everything that it should understand", () => {
      expect(system.unread).to.deep.equal([]);
    });

    it("leaves unknown only what no config declares, and what is no setting of a store's clients", () => {
      const unknown: string[] = [];
      const walk = (part: unknown, path: string): void => {
        if (typeof part !== "object" || part === null) return;
        const state: unknown = Reflect.get(part, "state");
        if (state === "unknown" || state === "pending") unknown.push(path.replace(/\.\d+/g, ""));
        for (const [key, inner] of Object.entries(part)) walk(inner, `${path}.${key}`);
      };
      walk(system, "");
      expect(
        unknown.filter(
          (path) => !/^\.services\.(capacity|watchesStore|store\.(readPreference|writeConcern|journal))$/.test(path),
        ),
      ).to.deep.equal([]);
    });

    it("cites for every known fact a resource that is declared", () => {
      const urns = new Set(stacks.flatMap(({ resources }) => resources.map(({ urn }) => urn)));
      let count = 0;
      const walk = (part: unknown): void => {
        if (typeof part !== "object" || part === null) return;
        if (Reflect.get(part, "state") === "known") {
          count++;
          expect(urns).to.include((Reflect.get(part, "source") as { urn: string }).urn);
        }
        Object.values(part).forEach(walk);
      };
      walk(system);
      expect(count).to.be.greaterThan(200);
    });

    it("S1.5: finds PostgreSQL's primary in Aachen and the standby that streams from it on Titan", () => {
      const [aachen, titan] = ["aachen", "titan"].map((site) =>
        system.postgres.find((cluster) => cluster.site === site),
      );
      expect([value(aachen?.replica), value(titan?.replica)]).to.deep.equal([false, true]);
      expect(value(titan?.sourceHosts)).to.deep.equal(["pg-aachen"]);
      expect(value(titan?.sourceSite)).to.equal("aachen");
      expect(value(aachen?.sourceHosts)).to.deep.equal([]);
    });

    it("S1.4: finds three voting members: Aachen's primary and arbiter, and Titan's that can't be elected", () => {
      const [set] = system.mongo;
      expect(system.mongo).to.have.length(1);
      expect(set?.members.map(({ foundUnready }) => foundUnready)).to.deep.equal([true, true, true]);
      expect(
        set?.members.map(({ name, site, arbiter, priority, votes }) => [name, site, arbiter, priority, votes]),
      ).to.deep.equal([
        ["mongo-aachen-0", "aachen", false, 1, 1],
        ["mongo-aachen-arbiter", "aachen", true, 0, 1],
        ["mongo-titan-0", "titan", false, 0, 1],
      ]);
    });

    it("R8: finds for either store a probe that restarts one that hangs, and how soon it is killed then", () => {
      for (const { hangProbe, restart } of system.postgres) {
        expect([value(hangProbe?.detection), value(hangProbe?.grace)]).to.deep.equal([30, 5]);
        expect(value(restart?.grace)).to.equal(30);
      }
      for (const { restart } of system.mongo.flatMap(({ members }) => members))
        expect([value(restart.hangDetection), value(restart.hangGrace), value(restart.grace)]).to.deep.equal([
          12, 5, 30,
        ]);
      const { postgres } = after("aachen", "Cluster", "pg-aachen", ({ metadata }) => void delete metadata.annotations);
      expect(postgres.map(({ site, hangProbe }) => [site, hangProbe !== undefined])).to.deep.equal([
        ["aachen", false],
        ["titan", true],
      ]);
    });

    it("S1.3: follows reads and writes of core to the services that answer, through the tunnel", () => {
      expect(ways(routeAt(system, "titan", "GET", "/api/core/x")?.backends)).to.deep.equal([
        "core@titan",
        "core@aachen",
        "notice@titan",
      ]);
      expect(ways(routeAt(system, "titan", "POST", "/api/core/x")?.backends)).to.deep.equal([
        "core@aachen",
        "notice@titan",
      ]);
      expect(ways(routeAt(system, "aachen", "POST", "/api/core/x")?.backends)).to.deep.equal([
        "core@aachen",
        "notice@aachen",
      ]);
      expect(routeAt(system, "titan", "GET", "/api/core/x")?.failoverOn).to.deep.equal(["502-504"]);
      expect(routeAt(system, "titan", "POST", "/api/core/x")?.failoverOn).to.deep.equal([]);
    });

    it("S1.3: reads the reads' time-outs, not those of writes, which only one site answers", () => {
      const { dialTimeout, writeDialTimeout, firstByteTimeout } = masterSlave.proxy;
      for (const proxy of system.proxies) {
        expect(value(proxy.dialTimeout)).to.equal(dialTimeout);
        expect(value(proxy.writeDialTimeout)).to.equal(writeDialTimeout);
        expect(value(proxy.firstByteTimeout)).to.equal(firstByteTimeout);
      }
      const forward = (access: string) =>
        after("titan", "ServersTransport", `forward.${access}`, ({ spec }) => {
          spec.forwardingTimeouts.responseHeaderTimeout = "9s";
        }).proxies.find(({ site }) => site === "titan")!;
      expect(value(forward("read").firstByteTimeout)).to.equal(9);
      expect(value(forward("write").firstByteTimeout)).to.equal(firstByteTimeout);
      expect(value(forward("write").writeTimeout)).to.equal(9);
      expect(value(forward("read").writeTimeout)).to.equal(masterSlave.proxy.writeTimeout);
    });

    it("S1.3: takes a service's path by whole segments", () => {
      const route = routeAt(system, "titan", "GET", "/api/core/x");
      expect(route?.paths).to.deep.equal(["/api/core", "/api/core/"]);
      expect(route?.exactPaths).to.deep.equal(["/api/core"]);
    });

    it("S1.6: sees the tunnel both ways, and who may enter it", () => {
      expect(system.links.map(({ from, to }) => `${from}>${to}`)).to.deep.equal(["aachen>titan", "titan>aachen"]);
      expect(system.links[1]?.carries.map(({ service }) => service)).to.include.members([
        "pg-aachen",
        "proxy-aachen",
        "mongo-aachen-0",
      ]);
      const entry = system.isolation.find(({ site, namespace }) => site === "titan" && namespace === "platform");
      expect(entry?.defaultDeny).to.equal(true);
      expect(entry?.admits).to.have.members(["proxy", "postgres", "mongo", "backup"]);
    });

    it("S1.1: reads a checked record with half of the answers for each site", () => {
      const record = system.nameServers
        .find(({ site }) => site === "aachen")
        ?.records.find(({ check }) => check !== undefined);
      expect(record?.targets.map(({ site, weight }) => [site, weight])).to.deep.equal([
        ["aachen", 0.5],
        ["titan", 0.5],
      ]);
      expect(record?.check).to.deep.equal({ interval: 2, timeout: 1, failures: 1 });
      expect(record?.ttl).to.equal(5);
    });

    it("S1.7: knows where each backup goes, and how old it may be", () => {
      const found = system.backups.map(({ kind, subject, to, interval }) => [
        kind,
        value(subject),
        value(to),
        value(interval),
      ]);
      expect(found).to.deep.include.members([
        ["archive", "pg-aachen", "backup-aachen", 60],
        ["base", "pg-aachen", "backup-aachen", 86_400],
        ["archive", "mongo", "backup-aachen", 60],
        ["files", "core-media", "backup-aachen", 86_400],
        ["copy", "backup-aachen", "backup-titan", 604_800],
      ]);
    });

    it("finds the certificate's renewal at the name server of the keyring's site", () => {
      const found = system.certificates.filter(({ purpose }) => purpose === "public");
      expect(found.map(({ site, renewedBy, dependsOn }) => [site, renewedBy, dependsOn])).to.deep.equal([
        ["aachen", "cert-manager", ["aachen"]],
        ["titan", "cert-manager", ["aachen"]],
      ]);
      expect(
        new Set(system.certificates.filter(({ purpose }) => purpose === "postgres").map(({ renewedBy }) => renewedBy)),
      ).to.deep.equal(new Set(["pulumi up"]));
    });

    it("R1-R3: takes workload and promises, which both sites declare alike", () => {
      expect(value(system.workload).users).to.equal(2500);
      expect(value(system.promises).claims.map(({ id }) => id)).to.include.members(["C1", "C8"]);
    });

    it("gives the same System whatever the order of the resources", () => {
      const reversed = observe(stacks.map((stack) => ({ ...stack, resources: [...stack.resources].reverse() })));
      const sorted = (one: System): unknown =>
        JSON.stringify(
          [one.services, one.volumes, one.backups, one.certificates].map((list) =>
            list.map((entry) => JSON.stringify(entry)).sort(),
          ),
        );
      expect(sorted(reversed)).to.equal(sorted(system));
    });
  });

  describe("after an edit", () => {
    it("priority 1 on Titan's member makes it electable", () => {
      const changed = after("aachen", "ConfigMap", "mongo-config", ({ data }) => {
        const document = JSON.parse(data["replica-set.json"]);
        document.members.find(({ host }: { host: string }) => host.startsWith("mongo-titan-0")).priority = 1;
        data["replica-set.json"] = JSON.stringify(document);
      });
      expect(changed.mongo[0]?.members.find(({ site }) => site === "titan")?.priority).to.equal(1);
    });

    it("an arbiter that is taken out of the configuration is gone", () => {
      const changed = after("aachen", "ConfigMap", "mongo-config", ({ data }) => {
        const document = JSON.parse(data["replica-set.json"]);
        document.members = document.members.filter(({ arbiterOnly }: { arbiterOnly?: boolean }) => !arbiterOnly);
        data["replica-set.json"] = JSON.stringify(document);
      });
      expect(changed.mongo[0]?.members.map(({ arbiter }) => arbiter)).to.deep.equal([false, false]);
    });

    it("an arbiter whose StatefulSet is gone is a member that nothing runs", () => {
      const changed = observe(without(stacks, "aachen", "StatefulSet", "mongo-aachen-arbiter"));
      const arbiter = changed.mongo[0]?.members.find((member) => member.arbiter);
      expect([arbiter?.site, arbiter?.urn]).to.deep.equal(["", undefined]);
    });

    it("an arbiter that is named by a host of Titan runs there", () => {
      const changed = after("aachen", "ConfigMap", "mongo-config", ({ data }) => {
        data["replica-set.json"] = data["replica-set.json"].replaceAll("mongo-aachen-arbiter.", "mongo-titan-0.");
      });
      expect(changed.mongo[0]?.members.find(({ arbiter }) => arbiter)?.site).to.equal("titan");
    });

    it("POST on a read-only route is answered where reads are", () => {
      const changed = after("titan", "IngressRoute", "core.read.public", ({ spec }) => {
        spec.routes[0].match = spec.routes[0].match.replace("Method(`GET`)", "Method(`GET`) || Method(`POST`)");
        spec.routes[0].priority += 1;
      });
      expect(ways(routeAt(changed, "titan", "POST", "/api/core/x")?.backends)?.[0]).to.equal("core@titan");
    });

    it("the log that a cluster keeps is its own wal_keep_size, and the operator's 512 MiB without one", () => {
      const kept = (change: (parameters: Inputs) => void) =>
        value(
          after("aachen", "Cluster", "pg-aachen", (inputs) =>
            change((inputs["spec"] as { postgresql: { parameters: Inputs } }).postgresql.parameters),
          ).postgres.find(({ site }) => site === "aachen")?.walKeepSize,
        );
      expect(kept((parameters) => void (parameters["wal_keep_size"] = "5GB"))).to.equal(5 * 2 ** 30);
      expect(kept((parameters) => void (parameters["wal_keep_size"] = "64"))).to.equal(64 * 2 ** 20);
      expect(kept((parameters) => void delete parameters["wal_keep_size"])).to.equal(512 * 2 ** 20);
    });

    it("a POST is a read only at the paths that the service declares", () => {
      const core = (found: System) => found.services.find(({ name, site }) => name === "core" && site === "titan")!;
      const declared = after("titan", "Service", "service-core", (inputs) => {
        inputs["postIsRead"] = ["/api/core/search"];
      });
      expect(value(core(declared).postIsRead)).to.deep.equal(["/api/core/search"]);
      const none = after("titan", "Service", "service-core", (inputs) => {
        delete inputs["postIsRead"];
      });
      expect(core(none).postIsRead).to.equal(undefined);
    });

    it("a fallback that does not let a method in answers no request of it", () => {
      const changed = after("aachen", "IngressRoute", "core.read.public", ({ spec }) => {
        spec.routes[0].match = spec.routes[0].match.replace("Method(`GET`)", "Method(`GET`) || Method(`POST`)");
        spec.routes[0].priority += 1;
      });
      expect(ways(routeAt(changed, "aachen", "GET", "/api/core/x")?.backends)).to.deep.equal([
        "core@aachen",
        "core@titan",
        "notice@aachen",
      ]);
      expect(ways(routeAt(changed, "aachen", "POST", "/api/core/x")?.backends)).to.deep.equal([
        "core@aachen",
        "notice@aachen",
      ]);
    });

    it("a rule that is not understood takes its route away and is listed", () => {
      const changed = after("titan", "IngressRoute", "core.read.public", ({ spec }) => {
        spec.routes[0].match += " && Header(`X-A`, `b`)";
      });
      expect(routeAt(changed, "titan", "GET", "/api/core/x")?.paths).to.deep.equal(["/"]);
      expect(changed.unread[0]?.why).to.match(/is not understood/);
    });

    it("a route that names a Middleware which is gone is served no longer", () => {
      const changed = observe(without(stacks, "titan", "Middleware", "notice.read"));
      expect(routeAt(changed, "titan", "GET", "/api/core/x")).to.equal(undefined);
    });

    it("a backup store on the protected array is read there", () => {
      const changed = after("aachen", "Zone", "zone", ({ backupStore }) => {
        backupStore.array = "data";
      });
      expect(value(changed.backupStores.find(({ site }) => site === "aachen")?.array)).to.deep.equal({
        server: "aachen-1",
        array: "data",
      });
    });

    it("`replica.enabled: false` makes Titan's cluster a primary", () => {
      const changed = after("titan", "Cluster", "pg-titan", ({ spec }) => {
        spec.replica.enabled = false;
      });
      const titan = changed.postgres.find(({ site }) => site === "titan");
      expect(value(titan?.replica)).to.equal(false);
      expect(titan?.replica.state === "known" && titan.replica.source.path).to.equal("spec.replica.enabled");
    });

    it("without a default denial of its own a namespace is open", () => {
      const changed = observe(without(stacks, "titan", "NetworkPolicy", "default-deny", "platform"));
      const denied = changed.isolation.filter(({ site }) => site === "titan");
      expect(denied.map(({ namespace, defaultDeny }) => [namespace, defaultDeny])).to.deep.equal([
        ["overlay", true],
        ["platform", false],
        ["monitoring", true],
      ]);
    });

    it("without the policy that lets others into the gateway, the link carries nothing", () => {
      const changed = observe(without(stacks, "titan", "NetworkPolicy", "gateway-entry", "overlay"));
      const entry = changed.isolation.find(({ site, namespace }) => site === "titan" && namespace === "platform");
      expect(entry?.admits).to.deep.equal([]);
      expect(changed.links.find(({ from }) => from === "titan")?.carries).to.deep.equal([]);
      expect(changed.links.find(({ from }) => from === "aachen")?.carries).to.have.length(4);
    });

    it("a changed TTL is read", () => {
      const changed = after("aachen", "ConfigMap", "nameserver", ({ data }) => {
        data["zone.db"] = data["zone.db"].replace(/ 5 IN LUA/, " 300 IN LUA");
      });
      expect(
        changed.nameServers.find(({ site }) => site === "aachen")?.records.find(({ check }) => check)?.ttl,
      ).to.equal(300);
    });

    it("LUA records without their switch in pdns.conf answer nothing", () => {
      const changed = after("aachen", "ConfigMap", "nameserver", ({ data }) => {
        data["pdns.conf"] = data["pdns.conf"].replace("enable-lua-records=yes", "enable-lua-records=no");
      });
      expect(changed.nameServers.find(({ site }) => site === "aachen")?.records.find(({ check }) => check)).to.equal(
        undefined,
      );
      expect(changed.unread[0]?.why).to.match(/does not enable LUA/);
    });

    it("read preference and write concern are the client's own", () => {
      const options = (text: string) => (inputs: Inputs) => {
        inputs["spec"].template.spec.containers[0].env.find(
          ({ name }: { name: string }) => name === "MONGO_OPTIONS",
        ).value = text;
      };
      const storeOf = (one: System) =>
        one.services.find(({ name, site }) => name === "alastair" && site === "titan")?.store;
      const strict = storeOf(after("titan", "Deployment", "alastair", options("readPreference=primary&w=majority")));
      expect([value(strict?.readPreference), value(strict?.writeConcern), value(strict?.journal)]).to.deep.equal([
        "primary",
        "majority",
        true,
      ]);
      // Two data members and an arbiter: MongoDB's implicit write concern is 1, and a driver reads from the primary.
      const silent = storeOf(after("titan", "Deployment", "alastair", options("appName=x")));
      expect([value(silent?.readPreference), value(silent?.writeConcern), value(silent?.journal)]).to.deep.equal([
        "primary",
        "1",
        false,
      ]);
      const wrong = storeOf(after("titan", "Deployment", "alastair", options("readPreference=somewhere")));
      expect(why(wrong?.readPreference)).to.match(/^unknown/);
    });

    it("a probe that is gone is unknown, not a default", () => {
      const changed = after("aachen", "Deployment", "core", ({ spec }) => {
        delete spec.template.spec.containers[0].livenessProbe;
      });
      const core = changed.services.find(({ name, site }) => name === "core" && site === "aachen");
      expect(why(core?.restart.hangDetection)).to.match(/no liveness probe/);
      expect(value(core?.restart.readiness)).to.be.greaterThan(0);
    });

    describe("readiness after a start", () => {
      const readinessAfter = (change: (container: Inputs) => void): number => {
        const changed = after("aachen", "Deployment", "core", ({ spec }) => {
          const [container] = spec.template.spec.containers;
          const asked = { httpGet: { path: "/healthz", port: 8080 }, timeoutSeconds: 2 };
          container.startupProbe = { ...asked, periodSeconds: 3 };
          container.readinessProbe = { ...asked, periodSeconds: 7, successThreshold: 1 };
          change(container);
        });
        return value(
          changed.services.find(({ name, site }) => name === "core" && site === "aachen")?.restart.readiness,
        );
      };

      it("follows at once on a start-up probe that asks the same", () => {
        expect(readinessAfter(() => undefined)).to.equal(3);
        expect(readinessAfter(({ readinessProbe }) => (readinessProbe.successThreshold = 3))).to.equal(3 + 2 * 7);
      });

      for (const [what, change] of [
        ["asks something else", ({ readinessProbe }) => (readinessProbe.httpGet = { path: "/ready", port: 8080 })],
        ["waits less for its answer", ({ readinessProbe }) => (readinessProbe.timeoutSeconds = 1)],
        [
          "can't be read yet",
          ({ startupProbe, readinessProbe }) => {
            startupProbe.httpGet = { ...startupProbe.httpGet, port: PENDING };
            readinessProbe.httpGet = { ...startupProbe.httpGet };
          },
        ],
      ] as readonly (readonly [string, (container: Inputs) => void])[]) {
        it(`takes a period more where readiness ${what}`, () => {
          expect(readinessAfter(change)).to.equal(3 + 7);
        });
      }

      it("takes its own delay and a period where it has one, and without a start-up probe", () => {
        expect(readinessAfter(({ readinessProbe }) => (readinessProbe.initialDelaySeconds = 4))).to.equal(4 + 3 + 7);
        expect(readinessAfter((container) => delete container.startupProbe)).to.equal(7);
      });
    });

    it("a probe's absent settings are those that Kubernetes fills in", () => {
      const changed = after("aachen", "Deployment", "core", ({ spec }) => {
        spec.template.spec.containers[0].livenessProbe = { httpGet: { path: "/", port: 1 } };
      });
      expect(
        value(changed.services.find(({ name, site }) => name === "core" && site === "aachen")?.restart.hangDetection),
      ).to.equal(10 * 3 + 1);
    });

    it("a forward that is gone leaves unknown what it led to", () => {
      const changed = after("titan", "ConfigMap", "gateway", ({ data }) => {
        data["haproxy.cfg"] = data["haproxy.cfg"].replace(/listen pg-aachen\n[\s\S]*?\n\n/, "\n");
      });
      expect(why(changed.postgres.find(({ site }) => site === "titan")?.sourceSite)).to.match(
        /forwards nothing from port/,
      );
      expect(changed.links.find(({ from }) => from === "titan")?.carries.map(({ service }) => service)).to.not.include(
        "pg-aachen",
      );
    });

    it("Zones that differ in the workload leave it unknown, with both values", () => {
      const changed = after("titan", "Zone", "zone", ({ workload }) => {
        workload.users = 9999;
      });
      expect(why(changed.workload)).to.match(/2500[\s\S]*9999/);
      expect(changed.promises.state).to.equal("known");
    });

    it("what an up has yet to bring is pending", () => {
      const changed = after("titan", "Cluster", "pg-titan", ({ spec }) => {
        spec.postgresql.parameters.archive_timeout = PENDING;
      });
      expect(changed.postgres.find(({ site }) => site === "titan")?.archiveTimeout.state).to.equal("pending");
    });

    it("the archive is as late as the longer of archive_timeout and, after a start, checkpoint_timeout", () => {
      const late = (parameters: object) =>
        after("aachen", "Cluster", "pg-aachen", ({ spec }) => Object.assign(spec.postgresql.parameters, parameters))
          .backups.filter(({ kind, subject }) => kind === "archive" && value(subject) === "pg-aachen")
          .map(({ interval }) => value(interval));
      expect(late({})).to.deep.equal([masterSlave.postgres.archiveTimeout]);
      expect(late({ checkpoint_timeout: undefined })).to.deep.equal([300]);
      expect(late({ archive_timeout: "10min" })).to.deep.equal([600]);
    });

    it("what asks the archive has what is set aside for it, or nothing", () => {
      const access = (edit: (resources: { requests?: object; limits?: object }) => void) => {
        const changed = after("titan", "ObjectStore", "pg-titan", ({ spec }) =>
          edit(spec.instanceSidecarConfiguration.resources),
        );
        return changed.postgres.find(({ site }) => site === "titan")?.archiveAccess;
      };
      const as = access(() => undefined);
      expect([value(as?.share), value(as?.parallel)]).to.deep.equal([0.25, 2]);
      expect(value(access((resources) => void delete resources.requests)?.share)).to.equal(0);
      const limited = access((resources) => {
        delete resources.requests;
        resources.limits = { cpu: "1500m" };
      });
      expect(value(limited?.share)).to.equal(1.5);
      const gone = observe(without(stacks, "titan", "ObjectStore", "pg-titan"));
      expect(why(gone.postgres.find(({ site }) => site === "titan")?.archiveAccess?.share)).to.match(/not declared/);
    });

    it("a suspended schedule never runs", () => {
      const changed = after("aachen", "CronJob", "backup-uploads-core-media", ({ spec }) => {
        spec.suspend = true;
      });
      expect(changed.backups.some(({ kind, subject }) => kind === "files" && value(subject) === "core-media")).to.equal(
        false,
      );
    });
  });

  describe("of one site alone", () => {
    it("knows what is there, and not what lies behind the tunnel", () => {
      const titan = observe(stacks.filter(({ stack }) => stack === "titan"));
      const [cluster] = titan.postgres;
      expect(value(cluster?.replica)).to.equal(true);
      expect(why(cluster?.sourceSite)).to.match(/in none of the stacks/);
      expect(titan.links).to.deep.equal([]);
      expect(ways(routeAt(titan, "titan", "GET", "/api/core/x")?.backends)).to.deep.equal([
        "core@titan",
        "notice@titan",
      ]);
      expect(routeAt(titan, "titan", "POST", "/api/core/x")).to.equal(undefined);
      expect(titan.unread.map((entry) => entry.why).join()).to.match(/fallback is not followed/);
    });
  });
});
