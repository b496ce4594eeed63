import { expect } from "chai";
import { analyse } from "../../../resilience/analyse/index.ts";
import { normalLevels } from "../../../resilience/analyse/outcome.ts";
import { unknown } from "../../../resilience/fact.ts";
import { parseFault } from "../../../resilience/faults/parse.ts";
import type { Outcome, SiteOutcome } from "../../../resilience/outcome.ts";
import type { System } from "../../../resilience/system.ts";
import { changed, one, withServers, withUploads } from "../changes.ts";
import { fact } from "../fixture-facts.ts";
import type { Draft } from "../changes.ts";

type Change = (draft: Draft<System>) => void;

function after(fault: string, change: Change = () => undefined): Outcome {
  const system = changed(change);
  return analyse(system, parseFault(fault, system));
}

function at(site: string, fault: string, change?: Change): SiteOutcome {
  return one(after(fault, change).sites, (each) => each.site === site);
}

function textOf(outcome: Outcome): string {
  return [...outcome.sites.flatMap(({ reasons }) => reasons), ...outcome.reasons].map(({ text }) => text).join("\n");
}

const majority: Change = (d) =>
  d.services.forEach((each) => each.store?.kind === "mongo" && (each.store.writeConcern = fact("majority")));

describe("what clients get", () => {
  it("is everything while nothing is wrong", () => {
    expect(
      [...normalLevels(changed(() => undefined)).values()].map(({ reads, writes }) => [reads, writes]),
    ).to.deep.equal([
      ["full", "full"],
      ["full", "full"],
    ]);
  });

  it("on Titan is old while the link is cut, without a limit, and no older than the end while nobody writes", () => {
    expect(at("titan", "link:aachen-titan").reads).to.equal("stale");
    expect(textOf(after("link:aachen-titan"))).to.contain("get older for as long as that lasts, without a limit");
    expect(at("titan", "site:aachen").reads).to.equal("full");
  });

  it("is the same when the link fails one way, as TCP needs both", () => {
    for (const fault of ["link:aachen>titan", "link:titan>aachen"]) {
      expect(at("titan", fault)).to.include({ reads: "stale", writes: "read-only" });
      expect(after(fault).splitBrain.possible).to.equal("no");
      expect(textOf(after(fault))).to.contain("needs both ways");
    }
  });

  it("hangs for writes with w=majority when Titan's member is away, and not with w=1", () => {
    for (const fault of ["site:titan", "link:aachen-titan", "process:mongo@titan:hang"]) {
      const hit = at("aachen", fault, majority);
      expect(fault.startsWith("process") ? hit.transition.writes : hit.writes, fault).to.equal("partial");
      expect(at("aachen", fault).writes, fault).to.equal("full");
    }
    expect(textOf(after("site:titan", majority))).to.contain(
      "needs 2 members with data, and 1 can be reached: its writes hang",
    );
  });

  it("fails for a route that lets a POST reach the standby", () => {
    const post: Change = (d) =>
      one(
        one(d.proxies, ({ site }) => site === "titan").routes,
        (r) => r.entry === "public" && r.paths[0] === "/core" && r.methods !== undefined,
      ).methods!.push("POST");
    const levels = normalLevels(changed(post)).get("titan");
    expect(levels?.writes).to.equal("partial");
    expect(textOf(after("control-plane:titan", post))).to.contain("pg-titan) is a replica: it takes no writes");
  });

  it("is no sign-in through a route that sends its POST to the standby, unless that is declared to be a read", () => {
    const own =
      (path: string, declared: boolean): Change =>
      (d) => {
        const routes = one(d.proxies, ({ site }) => site === "titan").routes;
        const sample = one(routes, (r) => r.entry === "public" && r.paths[0] === "/core" && r.methods !== undefined);
        routes.push({
          ...structuredClone(sample),
          paths: [path],
          exactPaths: [path],
          methods: ["POST"],
          rule: `${sample.rule} with a longer path`,
        });
        if (declared) d.services.forEach((each) => each.name === "core" && (each.postIsRead = fact([path])));
      };
    expect(at("titan", "site:aachen").signIn).to.equal("fails");
    expect(at("titan", "site:aachen", own("/core/login", false)).signIn).to.equal("fails");
    expect(at("titan", "site:aachen", own("/core/login", true)).signIn).to.equal("works");
    expect(at("titan", "site:aachen", own("/core/search", true))).to.include({ reads: "full", writes: "read-only" });
    expect(textOf(after("process:postgres@titan:hang", own("/core/search", true)))).to.contain(
      "core at titan can't read",
    );
  });

  it("lets a person promote where only the writes of PostgreSQL wait for it", () => {
    // MongoDB's own arbiter at a third place would do the same: here its clients' writes go to Titan all the while.
    const elsewhere: Change = (d) => {
      one(d.mongo, () => true).members = [{ ...d.mongo[0]!.members[2]!, priority: 1 }];
      for (const proxy of d.proxies)
        for (const route of proxy.routes)
          if (route.entry === "public" && route.paths[0] === "/alastair" && route.methods === undefined)
            route.backends = [{ ...route.backends[0]!, site: "titan" }];
    };
    const { recovery, sites } = after("site:aachen", elsewhere);
    expect(sites.map(({ writes }) => writes)).to.deep.equal(["partial", "partial"]);
    expect(recovery.mode).to.equal("manual");
    expect(recovery.commands).to.include("pulumi config set holdfast:promotion forced -s titan");
  });

  it("is answered by the other site only where the route fails over on the error", () => {
    const on500: Change = (d) =>
      d.proxies.forEach((proxy) =>
        proxy.routes.forEach((route) => route.failoverOn.length > 0 && (route.failoverOn = ["500-504"])),
      );
    expect(at("titan", "storage:titan").reads).to.equal("partial");
    expect(at("titan", "storage:titan", on500).reads).to.equal("full");
    const none: Change = (d) => d.proxies.forEach((proxy) => proxy.routes.forEach((route) => (route.failoverOn = [])));
    expect(at("titan", "process:core@titan").transition.reads).to.equal("full");
    expect(at("titan", "process:core@titan", none).transition.reads).to.equal("partial");
  });

  it("waits for a silent backend as long as the time-outs say, and hangs where there is none", () => {
    const endless: Change = (d) =>
      d.proxies.forEach((proxy) => {
        proxy.firstByteTimeout = fact(Infinity);
        proxy.writeTimeout = fact(Infinity);
      });
    const hung = "process:core@titan:hang";
    expect(at("titan", hung).transition.reads).to.equal("full");
    expect(textOf(after(hung))).to.contain(
      "core at titan is silent and refuses nothing: each read that the proxy at titan sends there waits up to 6 s",
    );
    expect(at("titan", hung, endless).transition.reads).to.equal("partial");
    expect(at("titan", "process:core@titan", endless).transition.reads).to.equal("full");
    for (const fault of ["site:aachen", "link:aachen-titan"]) {
      expect(at("titan", fault).writes, fault).to.equal("read-only");
      expect(textOf(after(fault)), fault).to.contain(
        "each write that the proxy at titan sends there waits up to 34 s (4 s to connect, 30 s for an answer)",
      );
      expect(at("titan", fault, endless).writes, fault).to.equal("down");
      expect(textOf(after(fault, endless)), fault).to.contain("hangs, as no time-out ends it (responseHeaderTimeout)");
    }
    const late: Change = (d) => d.proxies.forEach((proxy) => (proxy.firstByteTimeout = unknown("not declared")));
    expect(at("titan", hung, late).transition.reads).to.equal("unknown");
  });

  it("lacks the uploads on Titan while Aachen is away", () => {
    expect(at("titan", "link:aachen-titan", withUploads).reads).to.equal("partial");
    expect(textOf(after("link:aachen-titan", withUploads))).to.contain("reads of core-media fail");
  });

  it("has no primary when the one server in Aachen takes primary and arbiter with it", () => {
    expect(textOf(after("node:aachen-1"))).to.contain("1 of 3 votes, no majority");
    expect(at("aachen", "node:aachen-1").writes).to.equal("read-only");
  });

  it("is nothing for browsers whose site has an expired certificate, and the name servers do not notice", () => {
    const outcome = after("certificate-expiry:public@aachen");
    expect(outcome.sites.map(({ reads }) => reads)).to.deep.equal(["down", "full"]);
    expect(outcome.dns.settles).to.equal(false);
    expect(outcome.recovery).to.include({ mode: "manual" });
  });

  it("stays while an expired certificate stops replication, unless clients verify it", () => {
    expect(at("titan", "certificate-expiry:postgres")).to.include({ reads: "stale", writes: "full" });
    const verify: Change = (d) => d.services.forEach((each) => each.store && (each.store.verifiesServer = fact(true)));
    expect(at("aachen", "certificate-expiry:postgres", verify).reads).to.equal("partial");
    const notSaid: Change = (d) => d.services.forEach((each) => each.store && delete each.store.verifiesServer);
    expect(at("aachen", "certificate-expiry:postgres", notSaid).reads).to.equal("unknown");
  });

  it("goes on without a control plane, which fails nothing over", () => {
    expect(after("control-plane:aachen").sites.map(({ reads, writes }) => [reads, writes])).to.deep.equal([
      ["full", "full"],
      ["full", "full"],
    ]);
    expect(after("control-plane:aachen,process:proxy@aachen").recovery.mode).to.equal("manual");
    expect(after("process:proxy@aachen").recovery.mode).to.equal("automatic");
  });

  it("is unknown where a fact that decides it is", () => {
    expect(
      at("titan", "site:aachen", (d) =>
        d.services.forEach((each) => each.store && (each.store.readPreference = unknown("not read"))),
      ).reads,
    ).to.equal("unknown");
    expect(at("titan", "link:aachen-titan", (d) => d.proxies.forEach((proxy) => (proxy.routes = []))).reads).to.equal(
      "unknown",
    );
    expect(after("link:aachen-titan", (d) => d.proxies.forEach((proxy) => (proxy.routes = []))).unknowns).to.not.be
      .empty;
  });

  it("of MongoDB in Aachen comes from Aachen's member only, as the network keeps services out of the tunnel", () => {
    expect(at("aachen", "process:mongo@aachen").transition.reads).to.not.equal("full");
    const open: Change = (d) => d.isolation.forEach((entry) => entry.admits.push("service"));
    const admitted = after("process:mongo@aachen", open);
    expect(textOf(admitted)).to.contain("alastair at aachen reads from mongo-titan-0");
    expect(textOf(after("process:mongo@aachen"))).to.not.contain("alastair at aachen reads from mongo-titan-0");
  });

  it("is the same as with an open tunnel where nobody enforces the policies, and unknown where that is not declared", () => {
    const enforced =
      (state: Draft<System>["sites"][number]["enforcesNetworkPolicies"]): Change =>
      (d) =>
        d.sites.forEach((each) => (each.enforcesNetworkPolicies = state));
    const mongo = "process:mongo@aachen";
    expect(textOf(after(mongo, enforced(fact(false))))).to.contain("alastair at aachen reads from mongo-titan-0");
    expect(at("aachen", mongo, enforced(unknown("not declared"))).transition.reads).to.equal("unknown");
  });

  it("says which isolation relies on NetworkPolicies that nobody enforces", () => {
    expect(textOf(after("link:aachen-titan"))).to.not.contain("relies on NetworkPolicies");
    expect(
      textOf(after("link:aachen-titan", (d) => void (d.sites[0]!.enforcesNetworkPolicies = fact(false)))),
    ).to.contain("the cluster of aachen does not enforce");
    expect(
      textOf(after("gateway:titan", (d) => void (d.sites[1]!.enforcesNetworkPolicies = unknown("not declared")))),
    ).to.contain("may not enforce");
  });

  it("needs a quorum of synchronous standbys where they are required", () => {
    const synchronous =
      (durability: "required" | "preferred"): Change =>
      (d) => {
        withServers(d, "aachen", 2);
        const cluster = d.postgres[0]!;
        cluster.instances = fact(2);
        cluster.synchronous = fact(1);
        cluster.dataDurability = fact(durability);
        d.sites[0]!.controlPlane = fact("provider");
      };
    expect(
      at("aachen", "disk:aachen/data:3", synchronous("required"))
        .reasons.map(({ text }) => text)
        .join(),
    ).to.contain("its writes hang");
    expect(textOf(after("disk:aachen/data:3", synchronous("preferred")))).to.not.contain("its writes hang");
  });
});

describe("split brain", () => {
  it("is impossible in S1 under any cut, and says why", () => {
    for (const fault of ["link:aachen-titan", "site:aachen", "gateway:aachen"])
      expect(after(fault).splitBrain.possible, fault).to.equal("no");
    expect(after("link:aachen-titan").splitBrain.why).to.contain("mongo-titan-0 (priority 0) has 1 of 3 votes");
  });

  it("is possible with two writable sites, whatever the fault", () => {
    const both: Change = (d) => void (d.postgres[1]!.replica = fact(false));
    expect(after("disk:aachen:1", both).splitBrain).to.include({ possible: "yes" });
  });

  it("is possible for a moment where members on both sides of a cut can be primary", () => {
    const electable: Change = (d) => void (d.mongo[0]!.members[2]!.priority = 1);
    expect(after("link:aachen-titan", electable).splitBrain.possible).to.equal("yes");
    expect(after("site:aachen", electable).splitBrain.possible).to.equal("no");
  });
});
