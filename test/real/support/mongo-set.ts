import { Member } from "./mongo.ts";
import type { ReplicaSetConfig, ReplicaSetMember } from "./mongo.ts";
import { Daemons, eventually } from "./processes.ts";

/** The server's own default, in version 6.0. */
const MONGODB_ELECTION_MILLISECONDS = 10_000;

/** A replica set whose members are real mongods. */
export class RealSet {
  readonly members: readonly Member[];
  readonly #daemons = new Daemons();

  /**
   * @param config the document of `replSetInitiate`
   * @param network first three numbers of the members' addresses; another set's must differ
   * @param later members that run, and are in the set only after a change of the configuration
   */
  constructor(
    readonly config: ReplicaSetConfig,
    network: string,
    later: readonly ReplicaSetMember[] = [],
  ) {
    this.members = [...config.members, ...later].map(
      (member, position) => new Member(member, config._id, `${network}.${position + 1}`, this.#daemons),
    );
  }

  /** Members that the configuration lets be elected. */
  get electable(): readonly Member[] {
    return this.#configured.filter(({ planned }) => planned.arbiterOnly !== true && planned.priority !== 0);
  }

  /** Members that hold data and are never elected. */
  get standbys(): readonly Member[] {
    return this.#configured.filter(({ planned }) => planned.arbiterOnly !== true && planned.priority === 0);
  }

  get electionMilliseconds(): number {
    return this.config.settings?.electionTimeoutMillis ?? MONGODB_ELECTION_MILLISECONDS;
  }

  get #configured(): readonly Member[] {
    return this.members.filter(({ planned }) => this.config.members.includes(planned));
  }

  async start(): Promise<void> {
    for (const member of this.members) await member.prepare();
    await Promise.all(this.members.map((member) => member.start()));
  }

  /** Returns when one member takes writes and every other one with data follows it. */
  async initiate(): Promise<void> {
    await this.electable[0]?.command({ replSetInitiate: this.config });
    await this.leader();
    await this.settled();
  }

  /** Waits until a member takes writes. */
  async leader(among: readonly Member[] = this.members, withinMs = 60_000): Promise<Member> {
    let found: Member | undefined;
    const look = async (): Promise<boolean> => {
      const writable = await Promise.all(among.map((member) => member.writable().catch(() => false)));
      found = among[writable.indexOf(true)];
      return found !== undefined;
    };
    await eventually("a primary", look, withinMs);
    if (found === undefined) throw new Error("no primary");
    return found;
  }

  /** Waits until every member with data of the first configuration is primary or follows it. */
  async settled(): Promise<void> {
    for (const member of [...this.electable, ...this.standbys]) {
      const name = `${member.planned.host} has joined`;
      await eventually(name, async () => ["PRIMARY", "SECONDARY"].includes(await member.state()), 60_000);
    }
  }

  async stop(): Promise<void> {
    // A primary that is told to stop waits for a successor, and each of the others for its turn.
    await Promise.all(this.members.map((member) => member.kill()));
    await this.#daemons.stop();
  }
}
