import { expect } from "chai";
import { setTimeout as sleep } from "node:timers/promises";
import { MONGO_ELECTION_OFFSET, MONGO_HEARTBEAT_INTERVAL } from "../../resilience/constants.ts";
import type { Member, ReplicaSetConfig } from "./support/mongo.ts";
import { RealSet } from "./support/mongo-set.ts";
import { pairs, plannedSite, plannedText } from "./support/plan.ts";
import { eventually } from "./support/processes.ts";

const WRITE_LIMIT_MILLISECONDS = 3000;

const insert = async (member: Member, text: string, w: 1 | "majority"): Promise<string> => {
  const posts = (await member.client()).db("platform").collection("posts");
  const writeConcern = { w, journal: true, wtimeoutMS: WRITE_LIMIT_MILLISECONDS };
  return posts.insertOne({ text }, { writeConcern }).then(
    () => "acknowledged",
    (error: unknown) => (error as Error).message,
  );
};

const texts = async (member: Member): Promise<readonly string[]> => {
  const posts = (await member.client()).db("platform").collection<{ text: string }>("posts");
  return (await posts.find({}, { readPreference: "secondaryPreferred" }).toArray()).map(({ text }) => text);
};

pairs.forEach(({ name: topology, sites, mongo }, index) => {
  const { data: copies } = mongo.members.primary;
  const primarySite = sites.find(({ role }) => role === "primary")!.name;

  describe(`replica set of ${topology} in real mongods [S1.4]`, () => {
    const config = (): ReplicaSetConfig =>
      JSON.parse(plannedText(plannedSite(topology, primarySite), "mongo-config", "replica-set.json"));
    let set: RealSet;

    before(async () => {
      set = new RealSet(config(), `198.18.${50 + index}`);
      expect(set.electable, "members that can be elected").to.have.length(copies);
      expect(set.standbys, "members that can't").to.not.be.empty;
      await set.start();
    });

    after(() => set.stop());

    const refusal = async (broken: unknown): Promise<string> => {
      try {
        await set.electable[0]!.command({ replSetInitiate: broken });
        return "accepted";
      } catch (error) {
        return (error as Error).message;
      }
    };
    /** Kills them, looks for as long as three elections take that no standby is elected, and starts them again. */
    const withoutThem = async (dead: readonly Member[], meanwhile?: () => Promise<void>): Promise<void> => {
      await Promise.all(dead.map((member) => member.kill()));
      const end = Date.now() + 3 * set.electionMilliseconds;
      while (Date.now() < end) {
        for (const standby of set.standbys) expect(await standby.state()).to.not.equal("PRIMARY");
        await sleep(100);
      }
      await meanwhile?.();
      await Promise.all(dead.map((member) => member.start()));
      await set.leader();
      await set.settled();
    };

    it("refuses a member whose priority is out of range", async () => {
      const members = set.config.members.map((member, at) => (at === 0 ? { ...member, priority: 1001 } : member));
      expect(await refusal({ ...set.config, members })).to.match(/priority/i);
    });

    it("refuses an arbiter that could be elected, and a member without a vote", async () => {
      const arbiters = set.config.members.map((member, at) =>
        at === 1 ? { ...member, arbiterOnly: true, priority: 2, tags: undefined } : member,
      );
      expect(await refusal({ ...set.config, members: arbiters })).to.match(/arbiter/i);
      const silent = set.config.members.map((member, at) => (at === 0 ? { ...member, votes: 0 } : member));
      expect(await refusal({ ...set.config, members: silent })).to.match(/priority/i);
    });

    it("refuses two members of one identity", async () => {
      const members = set.config.members.map((member) => ({ ...member, _id: 0 }));
      expect(await refusal({ ...set.config, members })).to.match(/_id/);
    });

    it("accepts the planned configuration and elects a member of the primary site", async () => {
      await set.initiate();
      const primary = await set.leader();
      expect(primary.planned.host).to.match(new RegExp(`^mongo-${primarySite}-`));
      expect(set.electable).to.include(primary);
      for (const standby of set.standbys) expect(await standby.state()).to.equal("SECONDARY");
      const held = (await primary.command({ replSetGetConfig: 1 }))["config"] as ReplicaSetConfig;
      expect(held.members.map(({ host, priority, votes }) => [host, priority, votes])).to.deep.equal(
        set.config.members.map(({ host, priority = 1, votes = 1, arbiterOnly }) => [
          host,
          arbiterOnly ? 0 : priority,
          votes,
        ]),
      );
    });

    it("never elects the standby while the primary site's members are dead [C1], and these come back", async () => {
      await withoutThem(set.electable);
    });

    const withoutStandbys = async (doThis: () => Promise<void>): Promise<void> => {
      for (const standby of set.standbys) await standby.kill();
      await doThis();
      for (const standby of set.standbys) await standby.start();
      await set.settled();
    };

    if (copies === 1) {
      it("takes writes of w=1 and journal while the standby is dead [C2], and none of w=majority", async () => {
        await withoutStandbys(async () => {
          const primary = await set.leader();
          expect(await insert(primary, "one", 1)).to.equal("acknowledged");
          expect(await insert(primary, "two", "majority")).to.match(/timed out|waiting for replication/);
          expect(await primary.state()).to.equal("PRIMARY");
        });
      });
      return;
    }

    it("takes writes of w=majority while the standby is dead, and one zone with it", async () => {
      await withoutStandbys(async () => {
        const primary = await set.leader();
        expect(await insert(primary, "one", "majority")).to.equal("acknowledged");
        const other = set.electable.find((member) => member !== primary)!;
        await other.kill();
        expect(await insert(primary, "two", "majority")).to.equal("acknowledged");
        await other.start();
      });
    });

    it("replaces a primary that dies, three times over, in time and with every write that was acknowledged [S3.3]", async () => {
      const limit =
        set.electionMilliseconds * (1 + MONGO_ELECTION_OFFSET.value) + MONGO_HEARTBEAT_INTERVAL.value * 1000;
      const acknowledged: string[] = [];
      for (let round = 0; round < copies; round++) {
        const primary = await set.leader();
        for (let count = 0; count < 20; count++) {
          const text = `${round}.${count}`;
          expect(await insert(primary, text, "majority")).to.equal("acknowledged");
          acknowledged.push(text);
        }
        await primary.kill();
        const others = set.electable.filter((member) => member !== primary);
        const successor = await set.leader([...others, ...set.standbys], limit);
        expect(others, "one of the same site").to.include(successor);
        expect(await texts(successor)).to.include.members(acknowledged);
        expect(await insert(successor, `after ${round}`, "majority")).to.equal("acknowledged");
        acknowledged.push(`after ${round}`);
        await primary.start();
        await set.settled();
      }
      for (const member of [...set.electable, ...set.standbys])
        await eventually("every copy has them", async () => {
          const found = await texts(member);
          return acknowledged.every((text) => found.includes(text));
        });
    });

    it("elects nobody where two zones are dead, and none of their writes is taken", async () => {
      const [left, ...dead] = set.electable;
      await withoutThem(dead, async () => {
        expect(await left!.writable()).to.equal(false);
        expect(await insert(left!, "alone", 1)).to.match(/not primary|not master/i);
      });
    });
  });
});
