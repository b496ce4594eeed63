import { expect } from "chai";
import type { Drill } from "../../../lab/result/schema.ts";
import { drilled } from "./drilled.ts";

const MINUTES = 60_000;

const unservedAt = ({ prediction }: Drill, site: string) =>
  prediction?.sites.find((one) => one.site === site)?.unserved;
const whatOf = ({ figures }: Drill): string => figures.map(({ what }) => what).join("\n");

/** Each drill holds what clients saw against its prediction by itself (exit code 0): a change that moved one alone fails. */
describe("a plan that is changed on purpose", function () {
  this.timeout(30 * MINUTES);
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

  it("with a second member of MongoDB in Aachen that can be elected, has writes back within 5 s, without a restart", () => {
    const file = "topologies/master-slave.ts";
    const members = (data: number, arbiters: number): string => `primary: { data: ${data}, arbiters: ${arbiters},`;
    const edit = { file, from: members(1, 1), to: members(2, 0) };
    // Two cores do not carry a second member without a second in which reads wait: that may be worse than predicted.
    const drill = drilled([edit], "process:mongo@aachen", [0, 1]);
    const aachen = drill.prediction?.sites.find(({ site }) => site === "aachen");
    expect(aachen?.stages.map(({ name }) => name)).to.deep.equal(["elected", "known to members", "connected"]);
    const writes = drill.figures.find(({ what }) => what.startsWith("writes sent to aachen for alastair"));
    expect(writes?.runs).to.have.lengthOf(1);
    expect(writes?.runs[0]).to.be.a("number").below(5);
    expect(drill.losses?.map(({ of, lost }) => [of, lost])).to.deep.include(["alastair", 0]);
  });

  it("with its backups on the array that they protect, loses them with it: only Titan's copy is left", () => {
    const fault = "disk:aachen/data:3";
    const drill = drilled(
      [{ file: "Pulumi.aachen.yaml", from: "      array: backup\n", to: "      array: data\n" }],
      fault,
    );
    // What Titan's standby has is younger; what is restored here, and held against this, is the copy of the backups.
    expect(drill.losses?.find(({ of }) => of === "core")?.predicted).to.be.greaterThan(86_400);
    expect(drill.notes.join("\n")).to.match(/postgres is brought back from .*titan/);
  });
});
