import { expect } from "chai";
import { observe } from "../../../resilience/observe/index.ts";
import type { Site } from "../../../resilience/system.ts";
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
