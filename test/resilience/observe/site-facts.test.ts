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
});
