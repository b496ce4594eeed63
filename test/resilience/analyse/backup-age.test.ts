import { expect } from "chai";
import { backupAge } from "../../../resilience/analyse/backup-age.ts";
import { parseFault } from "../../../resilience/faults/parse.ts";
import { DAY, s1 } from "../system-fixture.ts";

const system = s1();
const ageOf = (fault: string, subject: string, site: string) =>
  backupAge(system, parseFault(fault, system), subject, site);

describe("how old a site's backups are when they are needed", () => {
  it("is that of the log where one is archived, whatever a standby would have", () => {
    const log = ageOf("disk:aachen/data:3", "postgres", "aachen");
    expect(log?.from).to.match(/^archive /);
    expect(log?.seconds).to.be.above(0).and.below(DAY);
  });

  it("grows by the time between two copies", () => {
    const log = ageOf("disk:aachen/data:3", "postgres", "aachen")?.seconds ?? NaN;
    const copy = ageOf("storage:aachen", "postgres", "titan");
    expect(copy?.from).to.match(/^copy of archive .* on titan$/);
    expect(copy?.seconds).to.equal(7 * DAY + log);
  });

  it("is told of no backup that is lost with what it protects", () => {
    expect(ageOf("storage:aachen", "postgres", "aachen")).to.equal(undefined);
    expect(ageOf("disk:aachen/data:3", "postgres", "nowhere")).to.equal(undefined);
  });

  it("has no bound where the copies had stopped before", () => {
    const copy = ageOf("site:titan,storage:aachen", "postgres", "titan");
    expect(copy?.from).to.match(/^copy of /);
    expect(copy?.seconds).to.equal(null);
  });
});
