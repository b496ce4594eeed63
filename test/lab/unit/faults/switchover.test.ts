import { expect } from "chai";
import { carryingIn } from "../../../../lab/faults/carry-files.ts";
import { stageFigures, wayBackFigures } from "../../../../lab/faults/d07-switchover.ts";
import { restoreRunbook } from "../../../../lab/faults/runbook.ts";
import { rolesIn } from "../../../../lab/stage/switchover.ts";
import { addresses, load } from "./model.ts";

describe("the drill of the planned switchover", () => {
  const way = {
    from: "aachen",
    to: "titan",
    beganAt: 0,
    demotedAt: 12_000,
    toldAt: 20_000,
    promotedAt: 41_000,
    movedAt: 0,
  };

  it("holds what no person governs against its stages, and knows none where nothing is predicted", () => {
    const [demoted, promoted] = stageFigures(way, null);
    expect(demoted).to.include({ seconds: 12, governed: false });
    expect(promoted).to.include({ seconds: 21 });
    expect(demoted?.predicted.kind).to.equal("unknown");
  });

  it("measures the way back by itself, at both sites", () => {
    const entries = load(0, 100, (one, { operation }) =>
      operation === "write" && one.start >= 60_000 && one.start < 80_000 ? { ...one, status: 503 } : one,
    );
    const observed = { entries, beganAt: 0, faultAt: 20_000, healedAt: 50_000, endedAt: 100_000, addresses };
    const found = wayBackFigures(observed);
    expect(found.map(({ what }) => what.split(",")[0])).to.have.members([
      "writes sent to aachen",
      "writes sent to titan",
    ]);
    for (const { seconds, predicted } of found) {
      expect(seconds).to.be.closeTo(20, 0.5);
      expect(predicted.kind).to.equal("by hand");
    }
    expect(wayBackFigures({ ...observed, healedAt: 85_000 }).map(({ seconds }) => seconds)).to.deep.equal([0, 0]);
  });

  it("types what the runbook says, at each site its part", () => {
    const { open, send, take, close } = carryingIn(restoreRunbook(), "core-media");
    expect(open).to.contain("claimName: core-media").and.contain("wait --for=condition=Ready");
    expect(send).to.match(/^kubectl -n platform exec files-core-media -- sh -c '.* tar .* -c'$/);
    expect(take).to.match(/exec -i files-core-media -- tar .*--keep-newer-files -x$/);
    expect(close).to.equal("kubectl -n platform delete pod files-core-media\n");
    for (const text of [open, send, take, close]) expect(text).not.to.match(/\$|--context/);
  });

  it("refuses a runbook that says it otherwise", () => {
    const runbook = restoreRunbook();
    expect(() => carryingIn(runbook.replace("## Planned switchover", "## Other"), "core-media")).to.throw("no chapter");
    expect(() => carryingIn(runbook.replace("-T - -c' |", "-T - -c'"), "core-media")).to.throw("no commands");
  });

  it("tells the members' roles as a member itself tells them", () => {
    const member = (host: string, priority: number, arbiterOnly = false) => ({ host, priority, arbiterOnly });
    const members = [member("t", 1), member("b", 0), member("a", 0), member("x", 0, true)];
    expect(rolesIn(JSON.stringify({ members }))).to.deep.equal({ hosts: ["t"], passives: ["a", "b"], arbiters: ["x"] });
  });
});
