import { expect } from "chai";
import fc from "fast-check";
import { nextStep } from "../../components/mongo-reconfigure.js";
import type { RunningConfig } from "../../components/mongo-reconfigure.js";
import { replicaSetConfig } from "../../components/mongo-replica-set-plan.ts";
import type { Member, ReplicaSetConfig } from "../../components/mongo-replica-set-plan.ts";
import { masterSlave } from "../../topologies/master-slave.ts";
import { azurePrimary } from "../../topologies/azure-primary.ts";
import { contextOf } from "./site-fixture.ts";

const wantedAt = (active: string, topology = masterSlave): ReplicaSetConfig =>
  replicaSetConfig(contextOf("aachen", { active, topology }));
const running = (config: ReplicaSetConfig): RunningConfig => ({ ...config, version: 1 });
const hosts = (config: ReplicaSetConfig): string[] => config.members.map(({ host }) => host);
const byId = (members: readonly Member[]): Member[] => [...members].sort((a, b) => a._id - b._id);

/** The primary that a set of reachable members settles on: the highest priority, the present one among equals. */
function elect(config: ReplicaSetConfig, present: string): string {
  const electable = config.members.filter(({ priority }) => priority > 0);
  const most = Math.max(...electable.map(({ priority }) => priority));
  const best = electable.filter(({ priority }) => priority === most).map(({ host }) => host);
  return best.includes(present) ? present : best[0]!;
}

/** What mongod refuses of a configuration that follows another (7.0). */
function expectAccepted(before: RunningConfig, after: RunningConfig, primary: string): void {
  expect(after.version).to.be.above(before.version);
  const ids = after.members.map(({ _id }) => _id);
  expect(new Set(ids).size, "ids are unique").to.equal(ids.length);
  const voters = (config: RunningConfig): number[] => config.members.filter(({ votes }) => votes).map(({ _id }) => _id);
  const [old, now] = [new Set(voters(before)), new Set(voters(after))];
  expect([...now].filter((id) => !old.has(id)).length + [...old].filter((id) => !now.has(id)).length).to.be.at.most(1);
  expect(after.members.filter(({ arbiterOnly }) => arbiterOnly).length, "one arbiter").to.be.at.most(1);
  expect(after.members.find(({ host }) => host === primary)?.priority, "the primary stays electable").to.be.above(0);
  for (const { host, votes, priority } of after.members) if (votes === 0) expect(priority, host).to.equal(0);
}

function settle(start: ReplicaSetConfig, wanted: ReplicaSetConfig, primary: string, answering: readonly string[]) {
  let current = running(start);
  let leader = primary;
  const leaders = [primary];
  for (let count = 0; count < 30; count++) {
    const next = nextStep(current, wanted, leader, answering);
    if (!next) return { current, leader, leaders: [...new Set(leaders)], count };
    expectAccepted(current, next.config, leader);
    current = next.config;
    leader = elect(current, leader);
    leaders.push(leader);
  }
  throw new Error("no end");
}

describe("components/mongo-reconfigure", () => {
  const [aachen, titan] = [wantedAt("aachen"), wantedAt("titan")];
  const primaryIn = (config: ReplicaSetConfig): string => config.members.find(({ priority }) => priority > 0)!.host;

  it("changes nothing in a set that is as it should be, whatever else mongod has filled in", () => {
    const filled = { ...running(aachen), term: 3, settings: { ...aachen.settings, chainingAllowed: true } };
    const members = filled.members.map((member) => ({ ...member, hidden: false, secondaryDelaySecs: 0 }));
    expect(nextStep({ ...filled, members }, aachen, primaryIn(aachen), hosts(aachen))).to.equal(undefined);
  });

  it("brings a switchover about in steps that mongod accepts, there and back", () => {
    const there = settle(aachen, titan, primaryIn(aachen), hosts(titan));
    expect(byId(there.current.members)).to.deep.equal(byId(titan.members));
    expect(there.leader).to.equal(primaryIn(titan));
    const back = settle(there.current, aachen, there.leader, hosts(aachen));
    expect(byId(back.current.members)).to.deep.equal(byId(aachen.members));
    expect(back.leader).to.equal(primaryIn(aachen));
  });

  it("brings about that of azure-primary, in which a member gets a vote, or loses it, and others leave", () => {
    const [azure, exchanged] = ["azure", "aachen"].map((active) => wantedAt(active, azurePrimary));
    const there = settle(azure!, exchanged!, primaryIn(azure!), hosts(exchanged!));
    expect(byId(there.current.members)).to.deep.equal(byId(exchanged!.members));
    expect(there.leader).to.equal(primaryIn(exchanged!));
    const back = settle(there.current, azure!, there.leader, hosts(azure!));
    expect(byId(back.current.members)).to.deep.equal(byId(azure!.members));
    expect(back.leader).to.match(/^mongo-azure-/);
  });

  it("elects none that is to leave, and gives no vote to who does not answer", () => {
    const [azure, exchanged] = ["azure", "aachen"].map((active) => wantedAt(active, azurePrimary));
    const leader = primaryIn(azure!);
    const silent = settle(
      azure!,
      exchanged!,
      leader,
      hosts(exchanged!).filter((host) => !host.includes("aachen")),
    );
    expect(byId(silent.current.members)).to.deep.equal(byId(azure!.members));
    expect(silent.leader).to.equal(leader);
    const steps = settle(azure!, exchanged!, leader, hosts(exchanged!)).leaders;
    expect(steps).to.deep.equal([leader, primaryIn(exchanged!)]);
  });

  it("takes the other site in when it answers, and not before", () => {
    const alone = { ...aachen, members: aachen.members.filter(({ host }) => !host.includes("titan")) };
    expect(nextStep(running(alone), aachen, primaryIn(aachen), hosts(alone))).to.equal(undefined);
    expect(settle(alone, aachen, primaryIn(aachen), hosts(aachen)).current.members).to.deep.equal([
      ...alone.members,
      ...aachen.members.filter(({ host }) => host.includes("titan")),
    ]);
  });

  it("lets nobody go while a member that is to replace them is missing", () => {
    const answering = hosts(titan).filter((host) => !host.includes("arbiter"));
    const { current } = settle(aachen, titan, primaryIn(aachen), answering);
    expect(hosts(current)).to.include.members(hosts(aachen));
  });

  it("never takes the last electable member's priority away", () => {
    const lonely = { ...aachen, members: aachen.members.filter(({ host }) => host.includes("aachen")) };
    expect(settle(lonely, titan, primaryIn(aachen), hosts(lonely)).current.members).to.deep.equal(lonely.members);
  });

  it("gets from any set to any wanted one, in steps that mongod accepts", () => {
    const member = (_id: number): fc.Arbitrary<Member> =>
      fc
        .record({
          _id: fc.constant(_id),
          host: fc.constant(`m${_id}:27017`),
          arbiterOnly: fc.constant(false),
          priority: fc.integer({ min: 0, max: 3 }),
          votes: fc.constantFrom(0, 1),
        })
        .map((one) => (one.votes === 0 ? { ...one, priority: 0 } : one));
    const set = fc
      .uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 5 })
      .chain((ids) => fc.tuple(...ids.map(member)))
      .filter((members) => members.some(({ priority }) => priority > 0))
      .map((members): ReplicaSetConfig => ({ ...aachen, members }));
    fc.assert(
      fc.property(set, set, (from, to) => {
        const { current } = settle(from, to, elect(from, ""), hosts(to));
        expect(byId(current.members)).to.deep.equal(byId(to.members));
      }),
    );
  });
});
