import { expect } from "chai";
import { nextStep } from "../../components/mongo-reconfigure.js";
import type { RunningConfig } from "../../components/mongo-reconfigure.js";
import { replicaSetConfig } from "../../components/mongo-replica-set-plan.ts";
import type { ReplicaSetConfig } from "../../components/mongo-replica-set-plan.ts";
import { contextOf } from "../components/site-fixture.ts";
import type { Member } from "./support/mongo.ts";
import { RealSet } from "./support/mongo-set.ts";
import { pairs, plannedSite, plannedText } from "./support/plan.ts";
import { eventually } from "./support/processes.ts";

/**
 * What a later run of the job mends: the primary moved or was just chosen, or the last configuration is not yet on a
 * majority (error codes of MongoDB 6.0). Anything else is a refusal.
 */
const PASSING = new Set([91, 109, 189, 308, 10_107, 11_600, 11_602, 13_435, 13_436]);

/** A configuration that is no successor of the present one; or simply not accepted. */
const INCOMPATIBLE = 103;

pairs.forEach((topology, index) => {
  const [active, other] = [...topology.sites]
    .sort((a, b) => a.role.localeCompare(b.role, "en"))
    .map(({ name }) => name) as [string, string];

  describe(`switchover of the replica set of ${topology.name} in real mongods`, () => {
    const wanted = (site: string): ReplicaSetConfig => replicaSetConfig(contextOf(site, { topology, active: site }));
    let set: RealSet;

    before(async () => {
      const planned = plannedText(plannedSite(topology.name, active), "mongo-config", "replica-set.json");
      const first = JSON.parse(planned) as ReplicaSetConfig;
      expect(first).to.deep.equal(wanted(active));
      const later = wanted(other).members.filter(({ _id }) => first.members.every((member) => member._id !== _id));
      set = new RealSet(first, `198.18.${60 + index}`, later);
      await set.start();
      await set.initiate();
      const leader = await set.leader();
      // As the job that applies the configuration does.
      await leader.command({ setDefaultRWConcern: 1, defaultWriteConcern: { w: 1, j: true }, writeConcern: { w: 1 } });
    });

    after(() => set.stop());

    const runningOf = async (leader: Member): Promise<RunningConfig> =>
      (await leader.command({ replSetGetConfig: 1 }))["config"] as RunningConfig;
    const brief = ({ members }: ReplicaSetConfig) =>
      members
        .map(({ _id, priority, votes, arbiterOnly }) => ({ _id, priority, votes, arbiterOnly }))
        .sort((a, b) => a._id - b._id);

    /** Does steps until there is none left, and returns who led on the way. */
    const switchTo = async (site: string): Promise<readonly string[]> => {
      const goal = wanted(site);
      const refusals: string[] = [];
      const leaders: string[] = [];
      await eventually(
        `${site} is active`,
        async () => {
          const leader = await set.leader();
          const { host } = leader.planned;
          if (leaders.at(-1) !== host) leaders.push(host);
          const current = await runningOf(leader);
          const hosts = goal.members.map((member) => member.host);
          const next = nextStep(current, goal, host, hosts);
          if (!next) return JSON.stringify(brief(current)) === JSON.stringify(brief(goal));
          try {
            await leader.command({ replSetReconfig: next.config, maxTimeMS: 20_000 });
          } catch (error) {
            const { code, message } = error as Error & { readonly code?: number };
            // The primary counts the version up by itself when a newcomer has caught up and gets its vote.
            const overtaken = code === INCOMPATIBLE && (await runningOf(leader)).version !== current.version;
            if (code !== undefined && !PASSING.has(code) && !overtaken)
              refusals.push(`${next.what}: ${code} ${message}`);
          }
          return refusals.length > 0;
        },
        100_000,
      );
      expect(refusals).to.deep.equal([]);
      return leaders;
    };

    it("is done in steps that mongod accepts, there and back, and no write is lost", async () => {
      const text = `written at ${active}`;
      const posts = async (member: Member) => (await member.client()).db("platform").collection("posts");
      await (await posts(await set.leader())).insertOne({ text }, { writeConcern: { w: 1, journal: true } });
      const there = await switchTo(other);
      expect(there.at(-1)).to.match(new RegExp(`^mongo-${other}-`));
      // Nobody in between: who is to leave is not elected on the way.
      expect(there).to.have.length(2);
      const leader = await set.leader();
      expect(await (await posts(leader)).countDocuments({ text })).to.equal(1);
      await (await posts(leader)).insertOne({ text: `written at ${other}` }, { writeConcern: { w: 1, journal: true } });
      const back = await switchTo(active);
      expect(back.at(-1)).to.match(new RegExp(`^mongo-${active}-`));
      expect(await (await posts(await set.leader())).countDocuments({})).to.equal(2);
    });
  });
});
