import { expect } from "chai";
import { tunnelAddress } from "../../components/names.ts";
import { ensureTools } from "../../lab/binaries/ensure.ts";
import { GatewaySite, layLine, setLine, topology } from "./support/gateway-site.ts";
import type { Place } from "./support/gateway-site.ts";
import { Daemons, eventually } from "./support/processes.ts";

/** Keys made for this test by `wg genkey`. */
const aachen: Place = {
  site: "aachen",
  address: "198.18.77.1",
  privateKey: "2Mb6vC7bxRwmdvptucURc2z8B+j3TTvQ0hW90B/1e3U=",
};
const titan: Place = {
  site: "titan",
  address: "198.18.77.2",
  privateKey: "6OyEzJRt4R9S/a0OGuCl1AO/cRoaAPHMFxDz/22GHX8=",
};

/** Three checks a second apart, each given a second, and one more second for a slow machine. */
const NOTICED_WITHIN_MS = 7000;

describe("the overlay's gateways with the real WireGuard and HAProxy", () => {
  const daemons = new Daemons();
  const home = new GatewaySite(aachen, titan, daemons);
  const away = new GatewaySite(titan, aachen, daemons);

  const reaches = async (): Promise<void> => {
    await eventually("a word comes back from PostgreSQL in Aachen", async () => {
      const client = away.connect("pg-aachen", "aachen");
      await eventually("an answer", () => client.output() !== "", 5000);
      const [first] = client.output().split("\n");
      await client.stop();
      return first === "echo";
    });
  };

  before(async () => {
    await ensureTools(["wireguard", "haproxy", "network"], () => undefined);
    await layLine(aachen, titan);
    home.start();
    away.start();
  });

  after(() => daemons.stop());

  it("carry a connection from Titan to the Service of the same name in Aachen", reaches);

  it("close a connection to a Service that the other site does not have, instead of keeping it waiting", async () => {
    const client = away.connect("mongo-aachen-arbiter", "aachen");
    await eventually("closed", () => client.output().trim() === "closed", NOTICED_WITHIN_MS);
  });

  it("answer probes and Prometheus on the pod's address, and not through the tunnel", async () => {
    expect(await home.answers(aachen.address, "/healthz")).to.include("Service ready");
    expect(await home.answers(aachen.address, "/metrics")).to.include("haproxy_server_status");
    expect(await away.answers(tunnelAddress(topology, "aachen"), "/metrics")).to.equal("nothing");
  });

  it("pass nothing on that comes through the tunnel for another site", async () => {
    const client = away.dial(tunnelAddress(topology, "aachen"), 20_100);
    await eventually("closed", () => client.output().trim() === "closed", NOTICED_WITHIN_MS);
  });

  it("end open connections soon after the line is cut, and carry new ones when it is back", async () => {
    const client = away.connect("pg-aachen", "aachen");
    await eventually("an answer", () => client.output().startsWith("echo"));
    await setLine(aachen, "down");
    await eventually("closed", () => client.output().includes("closed"), NOTICED_WITHIN_MS);
    await setLine(aachen, "up");
    await reaches();
  });

  for (const kind of ["user space", "kernel"] as const) {
    it(`carry again after the container of a tunnel in ${kind} was killed and started anew`, async () => {
      await home.killTunnel(kind);
      home.startTunnel();
      await reaches();
    });
  }
});
