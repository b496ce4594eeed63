import { expect } from "chai";
import { Addresses } from "../../../../lab/load/addresses.ts";
import type { ClientKind } from "../../../../lab/load/plan.ts";

const BOTH = ["192.0.2.10", "198.51.100.20"];

describe("the addresses that a client uses", () => {
  let clock: number;
  let asked: number;
  let answer: readonly string[] | Error;
  const client = (kind: ClientKind): Addresses => {
    [clock, asked, answer] = [0, 0, BOTH];
    return new Addresses(
      kind,
      async () => {
        asked++;
        await Promise.resolve();
        if (answer instanceof Error) throw answer;
        return { addresses: answer, ttlSeconds: 5 };
      },
      () => clock,
    );
  };
  const failure = async (addresses: Addresses): Promise<string> => {
    try {
      return (await addresses.candidates()).join();
    } catch (error) {
      return (error as Error).message;
    }
  };

  const kinds = [
    ["browser", BOTH, 2],
    ["resolver", BOTH.slice(0, 1), 2],
    ["pinned", BOTH.slice(0, 1), 1],
  ] as const;
  for (const [kind, used, questions] of kinds) {
    it(`${kind}: ${used.length} of two, asked ${questions} times when the TTL runs out`, async () => {
      const addresses = client(kind);
      expect(await addresses.candidates()).to.deep.equal(used);
      clock = 4999;
      expect(await addresses.candidates()).to.deep.equal(used);
      expect(asked).to.equal(1);
      clock = 5000;
      expect(await addresses.candidates()).to.deep.equal(used);
      expect(asked).to.equal(questions);
    });
  }

  it("lets go of a dead site's address when the TTL runs out, unless it is pinned", async () => {
    for (const [kind, after] of [
      ["browser", "198.51.100.20"],
      ["resolver", "198.51.100.20"],
      ["pinned", "192.0.2.10"],
    ] as const) {
      const addresses = client(kind);
      await addresses.candidates();
      answer = BOTH.slice(1);
      clock = 6000;
      expect(await addresses.candidates(), kind).to.deep.equal([after]);
    }
  });

  it("does not use what has run out where the resolver is silent, and asks again", async () => {
    const addresses = client("browser");
    await addresses.candidates();
    clock = 6000;
    answer = new Error("silent");
    expect(await failure(addresses)).to.equal("silent");
    answer = BOTH;
    expect(await addresses.candidates()).to.deep.equal(BOTH);
  });

  it("asks once for many requests at the same time, and refuses an empty answer", async () => {
    const addresses = client("resolver");
    await Promise.all([addresses.candidates(), addresses.candidates()]);
    expect(asked).to.equal(1);
    const empty = client("resolver");
    answer = [];
    expect(await failure(empty)).to.equal("no address");
  });
});
