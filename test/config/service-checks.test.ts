import { expect } from "chai";
import { isReserved } from "../../config/reserved-names.ts";
import { serviceChecks } from "../../config/service-checks.ts";
import { topologies } from "../../topologies/index.ts";
import { masterSlave } from "../../topologies/master-slave.ts";
import { backupJobs } from "../../components/backup-plan.ts";
import { contextOf, peerOf, services as known } from "../components/site-fixture.ts";
import type { ServiceInput } from "../components/site-fixture.ts";

const base = { image: "example.org/x:1", port: 80, probe: { path: "/" } };
type Volume = NonNullable<ServiceInput["volumes"]>[number];
const volume = (name: string, urlPath?: string, content: Volume["content"] = "uploads"): Volume => ({
  name,
  mountPath: "/m",
  size: "1Gi",
  content,
  ...(urlPath === undefined ? {} : { urlPath }),
});

const found = (services: ServiceInput[]) => serviceChecks(contextOf("aachen", { services }).platform, masterSlave);
const offenders = (...services: ServiceInput[]): string[] =>
  found(services).map(({ offender }) => offender.replace("holdfast:services", ""));

describe("config/service-checks", () => {
  it("finds nothing in services that fit to each other", () => {
    expect(offenders(...known)).to.deep.equal([]);
  });

  for (const name of ["proxy", "gateway", "default", "mongo", "pg-x", "mongo-express", "backup-ui", "restore-test-a"]) {
    it(`keeps the name ${name} for Holdfast`, () => {
      expect(offenders({ ...base, name })).to.deep.equal(["[0].name"]);
    });
  }

  it("lets names be that only look like reserved ones", () => {
    for (const name of ["proxies", "pgadmin", "mongoose", "backups", "gateway-api"])
      expect(isReserved(name), name).to.equal(false);
  });

  it("refuses two volumes of one claim, caches too", () => {
    const twins = (second: Volume["content"]): ServiceInput[] => [
      { ...base, name: "a", path: "/a", volumes: [volume("b-c")] },
      { ...base, name: "a-b", path: "/b", volumes: [volume("x"), volume("c", undefined, second)] },
    ];
    expect(offenders(...twins("uploads"))).to.deep.equal(["[1].volumes[1].name"]);
    expect(offenders(...twins("cache"))).to.deep.equal(["[1].volumes[1].name"]);
  });

  it("counts the longest name that a CronJob gets at any site", () => {
    const service = (name: string): ServiceInput[] => [{ ...base, name: "core", volumes: [volume(name)] }];
    // restore-test-aachen-core-… takes 25 of the 52.
    expect(offenders(...service("v".repeat(27)))).to.deep.equal([]);
    const [problem] = found(service("v".repeat(29)));
    expect(problem?.value).to.equal(`restore-test-aachen-core-${"v".repeat(29)} (54)`);
    expect(problem?.fix).to.equal("take 2 characters from the service's or the volume's name");
    expect(offenders({ ...base, name: "core", volumes: [volume("v".repeat(42), undefined, "cache")] })).to.deep.equal(
      [],
    );
  });

  it("and so no site of a topology has a job with a longer one", () => {
    for (const topology of topologies) {
      for (const { name: site } of topology.sites) {
        for (const { name: active } of topology.sites) {
          let size = 1;
          const services = (): ServiceInput[] => [{ ...base, name: "core", volumes: [volume("v".repeat(size))] }];
          const fits = () => serviceChecks(contextOf(site, { topology, services: services() }).platform, topology);
          while (fits().length === 0) size++;
          size--;
          const peers = topology.sites
            .filter((other) => other.name !== site)
            .map((other) => ({
              ...peerOf(other.name),
              backupStore: { protocol: "s3" as const, bucket: "b", region: "r", tls: true },
            }));
          const jobs = backupJobs(contextOf(site, { topology, active, services: services() }), peers);
          for (const { name } of jobs) expect(name.length, name).to.be.at.most(52);
        }
      }
    }
  });

  const clash = (urlPath: string, path: string, host?: string): string[] =>
    offenders(
      { ...base, name: "one", path: "/a", volumes: [volume("media", urlPath)] },
      { ...base, name: "two", path, ...(host === undefined ? {} : { host }) },
    );

  it("refuses one path for two things on one host, with or without its last slash", () => {
    expect(clash("/b", "/b")).to.deep.equal(["[1].path"]);
    expect(clash("/b/", "/b")).to.deep.equal(["[1].path"]);
    expect(clash("/x", "/a/")).to.deep.equal(["[1].path"]);
    expect(clash("/b", "/b", "b.example.org")).to.deep.equal([]);
    expect(clash("/b", "/b/c")).to.deep.equal([]);
    expect(clash("/b", "/bc")).to.deep.equal([]);
  });

  it("refuses one urlPath for two volumes", () => {
    const media = volume("media", "/media");
    expect(
      offenders(
        { ...base, name: "one", path: "/a", volumes: [media, volume("more", "/media")] },
        { ...base, name: "two", path: "/b", volumes: [media] },
      ),
    ).to.deep.equal(["[0].volumes[1].urlPath", "[1].volumes[0].urlPath"]);
  });

  it("refuses a POST path that does not reach its service", () => {
    const post = (path: string): string[] =>
      offenders(
        { ...base, name: "front", path: "/", postIsRead: [path] },
        { ...base, name: "core", path: "/api", postIsRead: ["/api/search"] },
      );
    expect(post("/search")).to.deep.equal([]);
    expect(post("/apiary")).to.deep.equal([]);
    expect(post("/api/x")).to.deep.equal(["[0].postIsRead[0]"]);
    expect(offenders({ ...base, name: "core", path: "/api", postIsRead: ["/apiary"] })).to.deep.equal([
      "[0].postIsRead[0]",
    ]);
  });

  it("refuses a second place to sign in", () => {
    const session = { signInPath: "/a/in", lifetime: "1h" };
    expect(
      offenders(
        { ...base, name: "one", path: "/a", session },
        { ...base, name: "two", path: "/b", session: { ...session, signInPath: "/b/in" } },
      ),
    ).to.deep.equal(["[1].session"]);
  });
});
