import { expect } from "chai";
import { InputError } from "../../../config/problem.ts";
import { observe } from "../../../resilience/observe/index.ts";
import { PENDING, SECRET } from "../../../resilience/resource.ts";
import { object, resource, stack } from "./fixture.ts";

const CNPG = "postgresql.cnpg.io/v1";
const cluster = (name: string, spec: object) => object("a", CNPG, "Cluster", name, { spec });
const deployment = (name: string, container: object, rest: object = {}) =>
  object("a", "apps/v1", "Deployment", name, {
    spec: {
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name, ...container }], ...rest } },
    },
  });

function problemsOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof InputError)
      return error.problems.map(({ offender, rule }) => `${offender}: ${rule}`).join("\n");
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("observe, on what others declare", () => {
  it("refuses stacks without a Zone and two of one site, all at once, by file", () => {
    const bare = { stack: "x", origin: "x.json", resources: [] };
    const problems = problemsOf(() => observe([bare, stack("a", []), { ...stack("a", []), origin: "again.json" }]));
    expect(problems).to.match(/x\.json: one resource of type holdfast:platform:Zone/);
    expect(problems).to.match(/again\.json: one file for each site/);
    expect(problemsOf(() => observe([]))).to.match(/the list of stacks/);
  });

  it("refuses a Zone whose site is pending, instead of guessing it", () => {
    const zone = resource("a", "holdfast:platform:Zone", "zone", { site: PENDING });
    expect(problemsOf(() => observe([{ stack: "a", origin: "a.json", resources: [zone] }]))).to.match(/a\.json/);
  });

  it("assumes nothing for a Zone that says nothing", () => {
    const system = observe([stack("a", [])]);
    const [site] = system.sites;
    expect([
      site?.uplink.state,
      site?.enforcesNetworkPolicies.state,
      site?.controlPlane.state,
      site?.nodeEviction.state,
      system.workload.state,
    ]).to.deep.equal(Array(5).fill("unknown"));
    expect(system.backupStores).to.deep.equal([]);
  });

  it("takes CloudNativePG's own defaults where a Cluster is silent", () => {
    const [read] = observe([stack("a", [cluster("db", { instances: 1, storage: { size: "1Gi" } })])]).postgres;
    const values = [
      read?.replica,
      read?.synchronous,
      read?.switchoverDelay,
      read?.stopDelay,
      read?.smartShutdownTimeout,
      read?.livenessTimeout,
      read?.archiveTimeout,
      read?.checkpointTimeout,
      read?.walReceiverTimeout,
      read?.antiAffinity,
    ].map((fact) => (fact?.state === "known" ? fact.value : fact?.state));
    expect(values).to.deep.equal([false, 0, 3600, 1800, 180, 35, 300, 300, 5, "preferred"]);
    expect(read?.storageClass.state).to.equal("unknown");
  });

  const bootstraps: readonly (readonly [object | undefined, number | undefined])[] = [
    [undefined, 16],
    [{ initdb: {} }, 16],
    [{ initdb: { walSegmentSize: 4 } }, 4],
    [{ pg_basebackup: { source: "x" } }, undefined],
  ];
  for (const [bootstrap, mebibytes] of bootstraps) {
    it(`reads segments of ${mebibytes ?? "its source's"} MiB from ${JSON.stringify(bootstrap) ?? "no bootstrap"}`, () => {
      const [read] = observe([stack("a", [cluster("db", bootstrap ? { bootstrap } : {})])]).postgres;
      if (mebibytes === undefined) expect(read?.walSegment).to.equal(undefined);
      else expect(read?.walSegment).to.include({ state: "known", value: mebibytes * 2 ** 20 });
    });
  }

  const replicas: readonly (readonly [object | undefined, boolean])[] = [
    [undefined, false],
    [{ source: "x" }, true],
    [{ source: "x", enabled: false, primary: "other" }, false],
    [{ source: "x", enabled: true, primary: "db" }, true],
    [{ source: "x", primary: "db" }, false],
    [{ source: "x", primary: "db", self: "me" }, true],
    [{ source: "x", primary: "me", self: "me" }, false],
  ];
  for (const [replica, expected] of replicas) {
    it(`reads the stanza ${JSON.stringify(replica) ?? "(none)"} as the operator does: ${expected ? "replica" : "primary"}`, () => {
      const [read] = observe([stack("a", [cluster("db", { ...(replica ? { replica } : {}) })])]).postgres;
      expect(read?.replica).to.include({ state: "known", value: expected });
    });
  }

  it("goes by apiVersion and kind in the inputs, not by the type token", () => {
    const odd = { ...cluster("db", {}), type: "kubernetes:other/v1:Thing" };
    const stranger = object("a", "cluster.x-k8s.io/v1beta1", "Cluster", "capi", { spec: {} });
    expect(observe([stack("a", [odd, stranger])]).postgres.map(({ name }) => name)).to.deep.equal(["db"]);
  });

  it("reads a client that nobody's component made, and keeps its secrets unknown", () => {
    const env = [
      { name: "PGHOST", value: "db-rw" },
      { name: "PGSSLMODE", value: "verify-full" },
    ];
    const secret = [{ name: "MONGO_HOSTS", value: SECRET }];
    const { services } = observe([
      stack("a", [
        cluster("db", {}),
        deployment("app", { image: "app:1", env }),
        deployment("hidden", { env: secret }),
        deployment("tool", {}),
      ]),
    ]);
    expect(services.map(({ name }) => name)).to.deep.equal(["app", "hidden"]);
    expect(services[0]?.store?.store).to.include({ state: "known", value: "db" });
    expect(services[0]?.store?.verifiesServer).to.include({ value: true });
    expect(services[0]?.replicas).to.include({ state: "known", value: 1 });
    expect(services[0]?.cpuRequest.state).to.equal("unknown");
    expect(services[1]?.store?.hosts).to.include({ state: "unknown" });
  });

  it("never prints a secret, and calls pending what is pending", () => {
    const { postgres } = observe([stack("a", [cluster("db", { instances: PENDING, storage: SECRET })])]);
    expect(postgres[0]?.instances.state).to.equal("pending");
    expect(postgres[0]?.storageClass).to.include({ state: "unknown" });
  });

  it("says so when an object is declared twice, or patched from elsewhere", () => {
    const patch = { ...cluster("db", {}), urn: "urn:pulumi:a::own::patch::p", type: `kubernetes:${CNPG}:ClusterPatch` };
    const twin = { ...cluster("db", {}), urn: "urn:pulumi:a::own::twin::t" };
    expect(
      observe([stack("a", [cluster("db", {}), patch, twin])])
        .unread.map(({ why }) => why)
        .join(),
    ).to.match(/patch changes[\s\S]*declared twice/);
  });

  it("does not end in a circle of names", () => {
    const alias = (name: string, to: string) =>
      object("a", "v1", "Service", name, {
        spec: { type: "ExternalName", externalName: `${to}.platform.svc.cluster.local` },
      });
    const env = [{ name: "PGHOST", value: "x" }];
    const { services } = observe([stack("a", [alias("x", "y"), alias("y", "x"), deployment("app", { env })])]);
    expect(services[0]?.store?.store).to.include({ state: "unknown" });
  });

  it("spreads: the stricter of constraint and affinity, by zone or node", () => {
    const env = [{ name: "PGHOST", value: "x" }];
    const spread = (rest: object) => {
      const service = observe([stack("a", [deployment("app", { env }, rest)])]).services[0];
      const [fact, over] = [service?.spread, service?.spreadOver];
      const domain = over?.state === "known" ? ` by ${over.value}` : "";
      return (fact?.state === "known" ? fact.value : (fact?.state ?? "")) + domain;
    };
    const constraint = (topologyKey: string, whenUnsatisfiable: string) => ({
      topologySpreadConstraints: [{ topologyKey, whenUnsatisfiable }],
    });
    expect(spread({})).to.equal("none");
    expect(spread(constraint("kubernetes.io/hostname", "DoNotSchedule"))).to.equal("required by node");
    expect(spread(constraint("kubernetes.io/hostname", "ScheduleAnyway"))).to.equal("preferred by node");
    expect(spread(constraint("topology.kubernetes.io/zone", "DoNotSchedule"))).to.equal("required by zone");
    expect(spread(constraint("example.org/rack", "DoNotSchedule"))).to.equal("none");
  });

  it("costs the same per resource however many there are", () => {
    const many = (count: number) => [
      stack(
        "a",
        Array.from({ length: count }, (_, index) => [
          deployment(`d${index}`, { env: [{ name: "PGHOST", value: `s${index}` }] }),
          object("a", "v1", "Service", `s${index}`, { spec: { selector: { app: `d${index}` } } }),
        ]).flat(),
      ),
    ];
    // What this process computed, in ms: the clock would also count what other processes do.
    const time = (count: number): number => {
      const stacks = many(count);
      const start = process.cpuUsage();
      observe(stacks);
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1000;
    };
    time(500);
    // Ten times the resources: linear is 10, quadratic 100.
    expect(time(20_000) / Math.max(time(2000), 1)).to.be.lessThan(40);
  });
});
