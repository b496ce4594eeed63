import { expect } from "chai";
import { isIPv4 } from "node:net";
import { NETWORK, roleDefinitionId, subjectOf, workloadServiceAccounts } from "../../components/zone-aks-plan.ts";
import { azureName, SYSTEM_POOL, workerPoolName, workerPools } from "../../components/zone-aks-plan.ts";
import { AZURE_ZONES } from "../../config/aks-schema.ts";
import { topologies } from "../../topologies/index.ts";
import { aksFacts } from "./aks-fixture.ts";

/** First and last address of a range, as numbers. */
function range(cidr: string): readonly [number, number] {
  const [base = "", bits = ""] = cidr.split("/");
  if (!isIPv4(base)) throw new Error(`${cidr} is no range`);
  const first = base.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return [first, first + 2 ** (32 - Number(bits)) - 1];
}

const within = (inner: string, outer: string): boolean =>
  range(inner)[0] >= range(outer)[0] && range(inner)[1] <= range(outer)[1];
const meet = (one: string, other: string): boolean =>
  range(one)[0] <= range(other)[1] && range(other)[0] <= range(one)[1];

describe("components/zone-aks-plan", () => {
  it("gives nodes, pods, Services and tunnels ranges that don't meet", () => {
    const ranges = [
      NETWORK.space,
      NETWORK.pods,
      NETWORK.services,
      ...new Set(topologies.map((one) => one.overlay.network)),
    ];
    for (const [index, one] of ranges.entries())
      for (const other of ranges.slice(index + 1)) expect(meet(one, other), `${one} and ${other}`).to.equal(false);
    expect(within(NETWORK.nodeSubnet, NETWORK.space)).to.equal(true);
    expect(within(`${NETWORK.resolver}/32`, NETWORK.services)).to.equal(true);
  });

  it("gives names that Azure takes", () => {
    for (const pool of [SYSTEM_POOL, ...AZURE_ZONES.map(workerPoolName)])
      expect(pool).to.match(/^[a-z][a-z0-9]{0,11}$/);
    expect(azureName("azure")).to.match(/^[a-z][-a-z0-9]{1,53}$/);
  });

  it("shares the workers out over the zones, none of which goes without, and makes none of it more", () => {
    const shares = (zones: readonly ("1" | "2" | "3")[], min: number, max: number) =>
      workerPools(aksFacts({ zones, workerPool: { size: "Standard_D4s_v5", min, max } })).map((one) => [
        one.agentPoolName,
        one.availabilityZones,
        one.minCount,
        one.maxCount,
      ]);
    expect(shares(["1", "3"], 3, 8)).to.deep.equal([
      ["workers1", ["1"], 2, 4],
      ["workers3", ["3"], 1, 4],
    ]);
    expect(shares(["1", "2", "3"], 3, 5)).to.deep.equal([
      ["workers1", ["1"], 1, 2],
      ["workers2", ["2"], 1, 2],
      ["workers3", ["3"], 1, 1],
    ]);
    expect(shares(["2"], 2, 5)).to.deep.equal([["workers2", ["2"], 2, 5]]);
  });

  it("finds the subscription of a role in the id of what it is for", () => {
    expect(roleDefinitionId("/subscriptions/abc/resourceGroups/g", "role")).to.equal(
      "/subscriptions/abc/providers/Microsoft.Authorization/roleDefinitions/role",
    );
    expect(() => roleDefinitionId("/resourceGroups/g", "role")).to.throw("/resourceGroups/g: no subscription");
  });

  it("names each account that writes backups once, fewer than the 20 that Azure takes", () => {
    const subjects = workloadServiceAccounts({ site: "azure" }).map(subjectOf);
    expect(new Set(subjects).size).to.equal(subjects.length);
    expect(subjects.length).to.be.within(1, 20);
  });
});
