import { expect } from "chai";
import type { Drill } from "../../../lab/result/schema.ts";
import { drilled } from "./drilled.ts";

const MINUTES = 60_000;

const unservedAt = ({ prediction }: Drill, site: string) =>
  prediction?.sites.find((one) => one.site === site)?.unserved;
const whatOf = ({ figures }: Drill): string => figures.map(({ what }) => what).join("\n");

/** Each drill holds what clients saw against its prediction by itself (exit code 0): a change that moved one alone fails. */
describe("a plan that is changed on purpose", function () {
  this.timeout(15 * MINUTES);
  const LINK = "link:aachen-titan";

  it("with MongoDB's arbiter at Titan, loses Aachen's writes when the link is cut, as it then says", () => {
    const file = "topologies/master-slave.ts";
    const drill = drilled(
      [
        { file, from: "primary: { data: 1, arbiters: 1,", to: "primary: { data: 1, arbiters: 0," },
        { file, from: "standby: { data: 1, arbiters: 0,", to: "standby: { data: 1, arbiters: 1," },
      ],
      LINK,
    );
    expect(unservedAt(drill, "aachen")?.writes).to.deep.equal(["alastair"]);
    expect(whatOf(drill)).to.contain("writes sent to aachen for core,");
    expect(drill.notes.join("\n")).to.match(/writes sent to aachen, predicted partial: alastair \d+ of \d+ answered/);
  });

  it("with POST taken for a read at each site, has no writes at Titan even when nothing else is wrong", () => {
    const file = "topologies/master-slave.ts";
    const drill = drilled(
      [
        {
          file,
          from: 'readMethods: ["GET", "HEAD", "OPTIONS"]',
          to: 'readMethods: ["GET", "HEAD", "OPTIONS", "POST"]',
        },
      ],
      LINK,
    );
    expect(unservedAt(drill, "titan")?.writes).to.include("core");
    expect(drill.verdict).to.equal("as predicted");
  });

  it("with a second member of MongoDB in Aachen that can be elected, has writes back without a restart, within 5 s", () => {
    const file = "topologies/master-slave.ts";
    const members = (data: number, arbiters: number): string => `primary: { data: ${data}, arbiters: ${arbiters},`;
    const drill = drilled([{ file, from: members(1, 1), to: members(2, 0) }], "process:mongo@aachen");
    expect(drill.prediction?.recovery.stages.map(({ name }) => name)).to.include("elected");
    const writes = drill.figures.find(({ what }) => what.startsWith("writes sent to aachen for alastair"));
    expect(writes?.predicted).to.include({ kind: "bounded" }).and.have.property("seconds").that.is.at.most(5);
    expect(writes?.runs).to.have.lengthOf(1);
    expect(drill.verdict).to.equal("as predicted");
  });

  it("with its backups on the array that they protect, loses them with it: only Titan's copy is left", () => {
    const fault = "disk:aachen/data:3";
    const drill = drilled(
      [{ file: "Pulumi.aachen.yaml", from: "      array: backup\n", to: "      array: data\n" }],
      fault,
    );
    expect(drill.prediction?.dataLoss.find(({ subject }) => subject === "postgres")?.seconds).to.be.greaterThan(86_400);
    expect(drill.notes.join("\n")).to.match(/postgres is brought back from .*titan/);
  });
});
