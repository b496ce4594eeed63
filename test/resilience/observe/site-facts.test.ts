import { expect } from "chai";
import { observe } from "../../../resilience/observe/index.ts";
import type { Service, Site } from "../../../resilience/system.ts";
import { edited, plannedStacks } from "./planned.ts";
import type { Inputs } from "./planned.ts";

async function titan(change: (zone: Inputs) => void): Promise<Site> {
  const system = observe(edited(await plannedStacks(), "titan", "Zone", "zone", change));
  return system.sites.find(({ name }) => name === "titan")!;
}

const seconds = ({ nodeEviction }: Site): number | string =>
  nodeEviction.state === "known" ? nodeEviction.value : nodeEviction.why;

describe("what a Zone declares of its site", () => {
  it("holds the cluster's own node-monitor-grace-period against Kubernetes' 50 s", async () => {
    const usual = seconds(await titan(() => undefined));
    const quick = seconds(await titan((zone) => void (zone["nodeMonitorGrace"] = 20)));
    expect(usual).to.be.a("number");
    expect(quick).to.equal(Number(usual) - 30);
    expect(seconds(await titan((zone) => void (zone["nodeMonitorGrace"] = "soon")))).to.match(/"soon"/);
  });

  it("holds how often its control plane looks at its nodes; Kubernetes' 5 s where nothing is said", async () => {
    const period = async (change: (zone: Inputs) => void): Promise<unknown> => {
      const { nodePeriod } = await titan(change);
      return nodePeriod?.state === "known" ? nodePeriod.value : nodePeriod?.state;
    };
    expect(await period(() => undefined)).to.equal(5);
    expect(await period((zone) => void (zone["nodeMonitorPeriod"] = 1))).to.equal(1);
    expect(await period((zone) => void (zone["nodeMonitorPeriod"] = "often"))).to.equal("unknown");
  });

  it("holds the array on which a server's own system lies; silence, contradiction and nonsense are unknown", async () => {
    const systems = async (...said: readonly unknown[]): Promise<string> => {
      const site = await titan((zone) =>
        said.forEach((each, at) => {
          delete zone["servers"][0].arrays[at].system;
          if (each !== undefined) zone["servers"][0].arrays[at].system = each;
        }),
      );
      const fact = site.servers[0]!.systemArray;
      return fact.state === "known" ? fact.value : fact.why;
    };
    expect(await systems(true, undefined)).to.equal("data");
    expect(await systems(false, true)).to.equal("copies");
    expect(await systems(undefined, undefined)).to.match(/no array of titan-1 is declared/);
    expect(await systems(true, true)).to.match(/several arrays/);
    expect(await systems("yes", undefined)).to.match(/"yes"/);
  });
});

describe("what a service declares of its readiness", () => {
  async function core(facts: Inputs, asked: string): Promise<Service> {
    const service = edited(await plannedStacks(), "titan", "Service", "service-core", (inputs) =>
      Object.assign(inputs, facts),
    );
    const stacks = edited(service, "titan", "Deployment", "core", ({ spec }: Inputs) => {
      spec.template.spec.containers[0].readinessProbe.httpGet.path = asked;
    });
    return observe(stacks).services.find(({ name, site }) => name === "core" && site === "titan")!;
  }
  const watches = async (facts: Inputs, asked: string): Promise<unknown> => {
    const { watchesStore } = await core(facts, asked);
    return watchesStore.state === "known" ? watchesStore.value : watchesStore.state;
  };

  it("is believed for the path that the probe asks, and for no other", async () => {
    const facts = { readyWatchesStore: true, readyPath: "/ready" };
    expect(await watches(facts, "/ready")).to.equal(true);
    expect(await watches(facts, "/healthcheck")).to.equal(false);
    expect(await watches({}, "/healthcheck")).to.equal("unknown");
    expect(await watches({ readyWatchesStore: true }, "/ready")).to.equal("unknown");
  });

  it("fails after period × threshold + time-out", async () => {
    const { unready } = await core({}, "/healthcheck");
    expect(unready).to.deep.include({ state: "known", value: 5 * 3 + 2 });
  });
});
