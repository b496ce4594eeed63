import { expect } from "chai";
import { askedRate, groupsAt } from "../../../../lab/drill/load.ts";
import { overloaded } from "../../../../lab/drill/run.ts";
import { archivedFiles } from "../../../../lab/faults/d10-archive.ts";
import { clockFindings } from "../../../../lab/faults/d11-clock.ts";
import { peakDrill } from "../../../../lab/faults/d08-peak.ts";

describe("what drills look at beside clients", () => {
  it("finds the files of WAL in an archive, and nothing else", () => {
    const folder = "/mnt/backup/store/holdfast/postgres/pg-aachen/wals";
    const listing = [
      `${folder}/0000000100000000/00000001000000000000000A.gz`,
      `${folder}/0000000100000000/00000001000000000000000B`,
      `${folder}/0000000100000000/00000001000000000000000B.00000028.backup.gz`,
      `${folder}/00000002.history.gz`,
      "",
    ].join("\n");
    expect(archivedFiles(listing)).to.deep.equal(["00000001000000000000000A", "00000001000000000000000B"]);
  });

  it("takes a clock that did not jump, or stays ahead, for no pass", () => {
    expect(clockFindings([3601], 0).problems).to.deep.equal([]);
    expect(clockFindings([0], 0).problems).to.have.lengthOf(1);
    expect(clockFindings([], 0).problems).to.have.lengthOf(1);
    expect(clockFindings([NaN], 0).problems).to.have.lengthOf(1);
    expect(clockFindings([3600], 3600).problems).to.have.lengthOf(1);
  });

  it("asks for a peak's load of every group", () => {
    const { load = 1 } = peakDrill({ primary: "a", standby: "b" });
    expect(load).to.be.above(1);
    const places = ["world", "a"];
    expect(askedRate(places, load)).to.be.closeTo(load * askedRate(places), load);
    for (const place of places)
      for (const [index, { perSecond, operation }] of groupsAt(place, 3).entries())
        if (operation !== "upload") expect(perSecond).to.equal(3 * (groupsAt(place, 1)[index]?.perSecond ?? 0));
  });

  it("takes a load that the machine itself does not send for no peak", () => {
    expect(overloaded({ attempted: 136.8, inTime: 127.8 })).to.deep.equal([]);
    expect(overloaded({ attempted: 273.1, inTime: 75.5 })).to.have.lengthOf(1);
  });
});
