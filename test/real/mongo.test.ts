import { expect } from "chai";
import { setTimeout as sleep } from "node:timers/promises";
import { Member } from "./support/mongo.ts";
import type { ReplicaSetConfig } from "./support/mongo.ts";
import { pairs, plannedSite, plannedText } from "./support/plan.ts";
import { Daemons, eventually } from "./support/processes.ts";

/** The server's own default, in version 6.0. */
const MONGODB_ELECTION_MILLISECONDS = 10_000;
const WRITE_LIMIT_MILLISECONDS = 3000;

pairs.forEach(({ name: topology, sites }, index) => {
  const primarySite = sites.find(({ role }) => role === "primary")!.name;

  describe(`replica set of ${topology} in real mongods [S1.4]`, () => {
    const daemons = new Daemons();
    let config: ReplicaSetConfig;
    let members: readonly Member[] = [];
    let primary: Member;
    let standbys: readonly Member[] = [];
    let electionMilliseconds: number;

    before(async () => {
      const site = plannedSite(topology, primarySite);
      config = JSON.parse(plannedText(site, "mongo-config", "replica-set.json")) as ReplicaSetConfig;
      electionMilliseconds = config.settings?.electionTimeoutMillis ?? MONGODB_ELECTION_MILLISECONDS;
      members = config.members.map(
        (member, position) => new Member(member, config._id, `198.18.${50 + index}.${position + 1}`, daemons),
      );
      const electable = members.filter(({ planned }) => planned.arbiterOnly !== true && planned.priority !== 0);
      expect(electable, "members that can be elected").to.have.length(1);
      primary = electable[0]!;
      standbys = members.filter((member) => member !== primary && member.planned.arbiterOnly !== true);
      expect(standbys).to.not.be.empty;
      for (const member of members) await member.prepare();
      await Promise.all(members.map((member) => member.start()));
    });

    after(async () => {
      await Promise.all(members.map((member) => member.disconnect()));
      await daemons.stop();
    });

    const refusal = async (broken: unknown): Promise<string> => {
      try {
        await primary.command({ replSetInitiate: broken });
        return "accepted";
      } catch (error) {
        return (error as Error).message;
      }
    };

    it("refuses a member whose priority is out of range", async () => {
      const members = config.members.map((member, at) => (at === 0 ? { ...member, priority: 1001 } : member));
      expect(await refusal({ ...config, members })).to.match(/priority/i);
    });

    it("refuses an arbiter that could be elected", async () => {
      const members = config.members.map((member) => (member.arbiterOnly ? { ...member, priority: 2 } : member));
      expect(await refusal({ ...config, members })).to.match(/arbiter/i);
    });

    it("refuses two members of one identity", async () => {
      const members = config.members.map((member) => ({ ...member, _id: 0 }));
      expect(await refusal({ ...config, members })).to.match(/_id/);
    });

    it("accepts the planned configuration and elects the primary site's member", async () => {
      expect(primary.planned.host).to.match(new RegExp(`^mongo-${primarySite}-`));
      await primary.command({ replSetInitiate: config });
      await eventually("a primary", () => primary.writable(), 60_000);
      for (const standby of standbys) {
        await eventually("a secondary", async () => (await standby.state()) === "SECONDARY", 60_000);
      }
      const held = (await primary.command({ replSetGetConfig: 1 }))["config"] as ReplicaSetConfig;
      expect(held.members.map(({ host, priority, votes }) => [host, priority, votes])).to.deep.equal(
        config.members.map(({ host, priority = 1, votes = 1, arbiterOnly }) => [
          host,
          arbiterOnly ? 0 : priority,
          votes,
        ]),
      );
    });

    it("never elects the standby while the primary is dead [C1], and the primary comes back", async () => {
      await primary.kill();
      const end = Date.now() + 3 * electionMilliseconds;
      while (Date.now() < end) {
        for (const standby of standbys) expect(await standby.state()).to.not.equal("PRIMARY");
        await sleep(100);
      }
      await primary.start();
      await eventually("the primary again", () => primary.writable(), 60_000);
    });

    it("takes writes of w=1 and journal while the standby is dead [C2], and none of w=majority", async () => {
      for (const standby of standbys) await standby.kill();
      const posts = (await primary.client()).db("platform").collection("posts");
      await posts.insertOne({ text: "one" }, { writeConcern: { w: 1, journal: true } });
      const writeConcern = { w: "majority", wtimeoutMS: WRITE_LIMIT_MILLISECONDS } as const;
      const outcome = await posts.insertOne({ text: "two" }, { writeConcern }).then(
        () => "acknowledged",
        (error: unknown) => (error as Error).message,
      );
      expect(outcome).to.match(/timed out|waiting for replication/);
      expect(await primary.state()).to.equal("PRIMARY");
    });
  });
});
