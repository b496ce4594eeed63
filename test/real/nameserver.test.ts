import { expect } from "chai";
import { randomBytes } from "node:crypto";
import { Resolver } from "node:dns/promises";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { Server } from "node:https";
import { join } from "node:path";
import { run } from "../../lab/binaries/command.ts";
import { ensureTools } from "../../lab/binaries/ensure.ts";
import { primaryOf, topologies } from "../../topologies/index.ts";
import { addHosts, must, scratchFolder } from "./support/machine.ts";
import { planned, plannedSite } from "./support/plan.ts";
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

topologies.forEach((topology) => {
  const site = primaryOf(topology);

  describe(`zone of ${topology.name} in a real PowerDNS, at ${site} [S1.1]`, () => {
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
      const { powerdns } = await ensureTools(["powerdns", "certificates"]);
      await must("ip", "address", "replace", `${NAME_SERVER}/32`, "dev", "lo");
      const folder = scratchFolder("nameserver");
      mkdirSync(join(folder, "data"));
      const files = planned(plannedSite(topology.name, site), "ConfigMap", "nameserver")["data"] as Record<
        string,
        string
      >;
      for (const [file, text] of Object.entries(files)) {
        writeFileSync(join(folder, file), text.replaceAll("/config", folder).replaceAll("/data", join(folder, "data")));
      }
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

      const loaded = await run("sh", [join(folder, "load.sh")], { env: { PDNS_SCHEMA: SCHEMA, TSIG_SECRET } });
      expect(loaded.code, loaded.stdout + loaded.stderr).to.equal(0);
      resolver.setServers([`${NAME_SERVER}:5353`]);
      const server = daemons.start("pdns_server", powerdns["pdns_server"] ?? "pdns_server", [`--config-dir=${folder}`]);
      await server.ready(async () => (await answers()).length > 0);
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
