import { expect } from "chai";
import { randomBytes } from "node:crypto";
import { Resolver } from "node:dns/promises";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { Server } from "node:https";
import { join } from "node:path";
import { run } from "../../lab/binaries/command.ts";
import { ensureTools } from "../../lab/binaries/ensure.ts";
import { topologies } from "../../topologies/index.ts";
import { addHosts, must, scratchFolder } from "./support/machine.ts";
import { planned, plannedSites } from "./support/plan.ts";
import type { SitePlan } from "./support/plan.ts";
import { Daemons, eventually } from "./support/processes.ts";

/** Where Debian's package keeps the tables of the backend that the plan names. */
const SCHEMA = "/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql";
/** The key of certificate challenges, which the cluster would give from a Secret. */
const TSIG_SECRET = randomBytes(32).toString("base64");
/** What a check may take beyond its settings on a busy machine, in milliseconds. */
const MARGIN = 1500;
const NAME_SERVER = "198.18.70.1";
const OWN_PROXY = "198.18.70.2";

/** A stand-in for a site's proxy as the name server's check sees it. */
class Front {
  #server: Server | undefined;

  constructor(
    readonly address: string,
    readonly tls: { readonly key: string; readonly cert: string },
  ) {}

  async start(): Promise<void> {
    const server = createServer(this.tls, (request, response) => {
      response.writeHead(request.url === "/.holdfast/ping" ? 200 : 404).end("OK");
    });
    await new Promise<void>((resolve, reject) => server.on("error", reject).listen(443, this.address, resolve));
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }
}

/** What a site's name server is told, by file. */
const filesOf = (plan: SitePlan): Readonly<Record<string, string>> =>
  planned(plan, "ConfigMap", "nameserver")["data"] as Readonly<Record<string, string>>;

/** The planned files, in a folder of their own, with the folders of this machine for those of the container. */
function layOut(plan: SitePlan): string {
  const folder = scratchFolder(`nameserver-${plan.topology}-${plan.site}`);
  mkdirSync(join(folder, "data"));
  for (const [file, text] of Object.entries(filesOf(plan)))
    writeFileSync(join(folder, file), text.replaceAll("/config", folder).replaceAll("/data", join(folder, "data")));
  return folder;
}

/** Loads the zones and starts the server, as the planned pod does. */
async function startServer(folder: string, daemons: Daemons, answering: () => Promise<boolean>): Promise<void> {
  const { powerdns } = await ensureTools(["powerdns"]);
  const loaded = await run("sh", [join(folder, "load.sh")], { env: { PDNS_SCHEMA: SCHEMA, TSIG_SECRET } });
  expect(loaded.code, loaded.stdout + loaded.stderr).to.equal(0);
  const server = daemons.start("pdns_server", powerdns["pdns_server"] ?? "pdns_server", [`--config-dir=${folder}`]);
  await server.ready(answering);
}

const steers = (plan: SitePlan): boolean => filesOf(plan)["zone.db"] !== undefined;

/** Where a provider's DNS answers clients, the site's own name server is left the certificate challenges. */
plannedSites()
  .filter((plan) => !steers(plan))
  .forEach((plan) => {
    describe(`challenge zone of ${plan.topology} in a real PowerDNS, at ${plan.site} [S1.1]`, () => {
      const daemons = new Daemons();
      const resolver = new Resolver({ timeout: 1000, tries: 1 });
      after(() => daemons.stop());

      it("is answered for, and nothing else is", async () => {
        await must("ip", "address", "replace", `${NAME_SERVER}/32`, "dev", "lo");
        const [, zone = ""] = /^\$ORIGIN (\S+)\.$/m.exec(filesOf(plan)["challenge.db"] ?? "") ?? [];
        resolver.setServers([`${NAME_SERVER}:5353`]);
        await startServer(layOut(plan), daemons, async () => (await resolver.resolveSoa(zone)).nsname !== "");
        const [server] = await resolver.resolveNs(zone);
        expect(zone).to.match(/^_challenge\./);
        expect(server).to.equal((await resolver.resolveSoa(zone)).nsname);
        const other = zone.replace(/^_challenge\./, "my.");
        const refusal: unknown = await resolver.resolve4(other).catch((error: unknown) => error);
        expect(refusal).to.be.an("error").with.property("code", "EREFUSED");
      });
    });
  });

const steering = plannedSites().filter(steers);
steering.forEach((plan) => {
  const topology = topologies.find((candidate) => candidate.name === plan.topology)!;

  describe(`zone of ${plan.topology} in a real PowerDNS, at ${plan.site} [S1.1]`, () => {
    const { checkInterval, checkTimeout, ttl } = topology.dns;
    const noticedWithin = (checkInterval + checkTimeout) * 1000 + MARGIN;
    const daemons = new Daemons();
    const resolver = new Resolver({ timeout: 1000, tries: 1 });
    let name: string;
    let own: { address: string; front: Front };
    let other: { address: string; front: Front };

    const answers = async (): Promise<readonly string[]> => (await resolver.resolve4(name)).sort();
    const both = (): readonly string[] => [own.address, other.address].sort();

    before(async () => {
      await ensureTools(["certificates"]);
      await must("ip", "address", "replace", `${NAME_SERVER}/32`, "dev", "lo");
      const folder = layOut(plan);
      const files = filesOf(plan);
      const zone = files["zone.db"] ?? "";
      const [, record = "", pool = ""] = /^(\S+) \d+ IN LUA A "ifurlextup\(\{\{(.*?)\}\}/m.exec(zone) ?? [];
      name = record.replace(/\.$/, "");
      const checks = [...pool.matchAll(/\['([\d.]+)'\]='https:\/\/([^/]+)\//g)].map(([, address = "", host = ""]) => ({
        address,
        host,
      }));
      expect(checks, "a check for each site").to.have.length(topology.sites.length);

      await must(
        "openssl",
        ..."req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=stand-in -keyout".split(" "),
        join(folder, "key"),
        "-out",
        join(folder, "cert"),
      );
      const tls = { key: readFileSync(join(folder, "key"), "utf8"), cert: readFileSync(join(folder, "cert"), "utf8") };
      const fronts = [];
      for (const { address, host } of checks) {
        const isName = !/^[\d.]+$/.test(host);
        const at = isName ? OWN_PROXY : host;
        await must("ip", "address", "replace", `${at}/32`, "dev", "lo");
        if (isName) addHosts(at, [host]);
        fronts.push({ address, isOwn: isName, front: new Front(at, tls) });
      }
      own = fronts.find(({ isOwn }) => isOwn)!;
      other = fronts.find(({ isOwn }) => !isOwn)!;
      await Promise.all(fronts.map(({ front }) => front.start()));

      resolver.setServers([`${NAME_SERVER}:5353`]);
      await startServer(folder, daemons, async () => (await answers()).length > 0);
    });

    after(async () => {
      await Promise.all([own.front.stop(), other.front.stop()]);
      await daemons.stop();
    });

    it("answers with both sites while both are up, for as short a time as planned", async () => {
      await eventually("both addresses", async () => String(await answers()) === String(both()), noticedWithin);
      const [first] = await resolver.resolve4(name, { ttl: true });
      expect(first!.ttl).to.equal(ttl);
    });

    for (const which of ["other", "own"] as const) {
      it(`drops the ${which} site when it is dead, and takes it back, each within ${noticedWithin} ms`, async () => {
        const [dead, alive] = which === "other" ? [other, own] : [own, other];
        await dead.front.stop();
        await eventually("one address", async () => String(await answers()) === alive.address, noticedWithin);
        await dead.front.start();
        await eventually("both addresses", async () => String(await answers()) === String(both()), noticedWithin);
      });
    }

    it("answers with both when it can reach neither: it may be the one that is cut off", async () => {
      await Promise.all([own.front.stop(), other.front.stop()]);
      await eventually("both addresses", async () => String(await answers()) === String(both()), noticedWithin);
      // Not the last answer before both were found dead: it stays so.
      const end = Date.now() + noticedWithin;
      while (Date.now() < end) expect((await answers()).length).to.be.within(1, 2);
      expect(await answers()).to.deep.equal(both());
    });
  });
});
