import { expect } from "chai";
import { HEALTH_PATH } from "../../components/proxy-config.ts";
import { primaryOf } from "../../topologies/index.ts";
import { API_SERVER_START_LIMIT } from "./support/api-server.ts";
import type { Answer } from "./support/http.ts";
import { addBlackHole } from "./support/machine.ts";
import { pairs, plannedSite } from "./support/plan.ts";
import { Daemons, eventually } from "./support/processes.ts";
import { ProxySite } from "./support/proxy-site.ts";
import { places } from "./support/traefik-objects.ts";
import type { Place } from "./support/traefik-objects.ts";

const READS = ["GET", "HEAD", "OPTIONS"];
const WRITES = ["POST", "PUT", "PATCH", "DELETE"];
const BLACK_HOLE = "198.19.0.1";
/** What a time-out may take beyond its setting, in milliseconds. */
const MARGIN = 1500;

before(() => addBlackHole(BLACK_HOLE));

pairs.forEach((topology, index) => {
  const [active, standby] = [primaryOf(topology), topology.sites.find(({ role }) => role === "standby")!.name];
  const { dialTimeout, writeDialTimeout, firstByteTimeout, writeTimeout, retryAfter } = topology.proxy;

  describe(`routes of ${topology.name} in a real Traefik [S1.3]`, () => {
    const daemons = new Daemons();
    const site = (name: string, part: number): ProxySite =>
      new ProxySite(plannedSite(topology.name, name), `198.18.${100 + 10 * index + part}`, daemons);
    const primary = site(active, 0);
    const replica = site(standby, 1);

    before(async function () {
      this.timeout(2 * API_SERVER_START_LIMIT);
      await primary.start();
      await replica.start();
      await primary.connect(replica);
      await replica.connect(primary);
      for (const each of [primary, replica]) {
        const place = { ...at(each, "core"), path: "/api/core" };
        await eventually("routes", async () => (await each.visit(place, "GET")).status === 200);
      }
    });

    after(async () => {
      await Promise.all([primary.stop(), replica.stop()]);
      await daemons.stop();
    });

    beforeEach(() => [primary, replica].forEach((each) => each.heal()));

    /** Where visitors find a service. */
    const at = ({ plan }: ProxySite, service: string): Place => {
      const [place] = places(plan, "websecure", service, "GET");
      if (place === undefined) throw new Error(`${service} is not routed at ${plan.site}`);
      return place;
    };

    /** That nobody answered, and that the visitor is told so, and when to come again. */
    const expectNotice = ({ status, headers, body }: Answer): void => {
      expect(status).to.equal(503);
      expect(headers["retry-after"]).to.equal(String(retryAfter));
      expect(body).to.include(`${retryAfter} seconds`);
    };

    for (const service of ["core", "alastair"]) {
      it(`${standby} answers reads of ${service} itself`, async () => {
        for (const method of READS) {
          const { status } = await replica.visit(at(replica, service), method);
          expect(status, method).to.equal(200);
        }
        expect(replica.seen).to.deep.equal(READS.map((method) => `${service} ${method}`));
        expect(primary.seen).to.deep.equal([]);
      });

      it(`${standby} sends every other method of ${service} to ${active}`, async () => {
        for (const method of WRITES) {
          const { status, body } = await replica.visit(at(replica, service), method);
          expect([status, body], method).to.deep.equal([200, `${service} at ${active}`]);
        }
        expect(primary.seen).to.deep.equal(WRITES.map((method) => `${service} ${method}`));
        expect(replica.seen).to.deep.equal([]);
      });

      it(`${active} answers all methods of ${service} itself`, async () => {
        for (const method of [...READS, ...WRITES]) {
          expect((await primary.visit(at(primary, service), method)).status, method).to.equal(200);
        }
        expect(primary.seen).to.deep.equal([...READS, ...WRITES].map((method) => `${service} ${method}`));
        expect(replica.seen).to.deep.equal([]);
      });

      it(`a write of ${service} on ${standby} is told 503 while ${active} is gone [C1], and nobody sees it`, async () => {
        replica.tunnel.line = "breaks";
        for (const method of WRITES) expectNotice(await replica.visit(at(replica, service), method));
        replica.tunnel.line = "swallows";
        const slow = await replica.visit(at(replica, service), "POST");
        expectNotice(slow);
        expect(slow.milliseconds).to.be.below((writeDialTimeout + writeTimeout) * 1000 + MARGIN);
        expect([...replica.seen, ...primary.seen]).to.deep.equal([]);
        expect((await replica.visit(at(replica, service), "GET")).status, "reads go on").to.equal(200);
      });
    }

    it("a path that only begins like a service's goes to the frontend", async () => {
      const { host, path } = at(primary, "core");
      const bodyAt = async (tail: string): Promise<string> =>
        (await primary.visit({ host, path: `${path}${tail}` }, "GET")).body;
      expect(await bodyAt("")).to.equal(`core at ${active}`);
      expect(await bodyAt("/x")).to.equal(`core at ${active}`);
      expect(await bodyAt("x")).to.equal(`frontend at ${active}`);
    });

    it("an unknown host is 404, and nobody sees it", async () => {
      for (const each of [primary, replica]) {
        expect((await each.visit({ host: "nobody.invalid", path: "/api/core" }, "GET")).status).to.equal(404);
      }
      expect([...replica.seen, ...primary.seen]).to.deep.equal([]);
    });

    it("says on every host that it is alive, as the name servers ask it [S1.1]", async () => {
      for (const each of [primary, replica]) {
        const { status, body } = await each.visit({ host: "nobody.invalid", path: HEALTH_PATH }, "GET");
        expect([status, body]).to.deep.equal([200, "OK"]);
      }
    });

    describe("a write whose backend fails in the middle reaches no second one", () => {
      for (const behaviour of ["hangs", "closes", { status: 502 }, { status: 503 }, { status: 504 }] as const) {
        it(`when it ${typeof behaviour === "string" ? behaviour : `answers ${behaviour.status}`}`, async () => {
          const attempts = [
            [replica, "POST"],
            [primary, "POST"],
            [replica, "DELETE"],
          ] as const;
          // One that hangs is waited for as long as a write may take.
          for (const [visited, method] of behaviour === "hangs" ? attempts.slice(0, 1) : attempts) {
            [primary, replica].forEach((each) => each.heal());
            // A connection that is reused is where a transport might send a request again.
            await visited.visit(at(visited, "core"), method);
            primary.backend("core").behaviour = behaviour;
            const headers = { "idempotency-key": "1" };
            expectNotice(await visited.visit(at(visited, "core"), method, headers));
            expect(primary.seen).to.deep.equal([`core ${method}`, `core ${method}`]);
            expect(replica.seen).to.deep.equal([]);
          }
        });
      }
    });

    for (const [near, far] of [
      [replica, primary],
      [primary, replica],
    ] as const) {
      describe(`a read at ${near.plan.site} whose own service fails goes to ${far.plan.site}`, () => {
        const expectFar = ({ status, headers, body }: Answer): void => {
          const name = `core at ${far.plan.site}`;
          expect([status, headers["x-from"], body]).to.deep.equal([200, name, name]);
        };

        for (const behaviour of ["closes", { status: 502 }, { status: 503 }, { status: 504 }] as const) {
          it(`when it ${typeof behaviour === "string" ? behaviour : `answers ${behaviour.status}`}`, async () => {
            near.backend("core").behaviour = behaviour;
            expectFar(await near.visit(at(near, "core"), "GET"));
            // A read whose reused connection breaks is sent to the same place once more, by Go's transport.
            expect(near.seen.length).to.be.within(1, behaviour === "closes" ? 2 : 1);
            expect(far.seen).to.deep.equal(["core GET"]);
          });
        }

        it("and what is said there comes through, whatever it is", async () => {
          near.backend("core").behaviour = { status: 503 };
          for (const status of [204, 301, 404, 500]) {
            far.backend("core").behaviour = { status };
            const answer = await near.visit(at(near, "core"), "GET");
            expect([answer.status, answer.headers["x-from"]]).to.deep.equal([status, `core at ${far.plan.site}`]);
          }
        });

        it("when its first byte does not come in time", async () => {
          near.backend("core").behaviour = "hangs";
          const answer = await near.visit(at(near, "core"), "GET");
          expectFar(answer);
          expect(answer.milliseconds).to.be.within(firstByteTimeout * 1000, firstByteTimeout * 1000 + MARGIN);
          expect(far.seen).to.deep.equal(["core GET"]);
        });

        it("when it cannot be dialled in time", async () => {
          await near.endpoints("core", [BLACK_HOLE]);
          let slow = 0;
          await eventually("the new endpoint is used", async () => {
            const answer = await near.visit(at(near, "core"), "GET");
            expect(answer.status).to.equal(200);
            slow = answer.milliseconds;
            return answer.body === `core at ${far.plan.site}`;
          });
          expect(slow).to.be.within(dialTimeout * 1000, dialTimeout * 1000 + MARGIN);
        });

        it("when it has no pod at all", async () => {
          await near.endpoints("core", []);
          await eventually("no endpoint is used", async () => {
            const answer = await near.visit(at(near, "core"), "GET");
            expectFar(answer);
            return answer.milliseconds < dialTimeout * 1000;
          });
          near.heal();
          far.heal();
          if (near === primary) {
            expectNotice(await near.visit(at(near, "core"), "POST"));
            expect([...near.seen, ...far.seen], "a write").to.deep.equal([]);
          }
        });

        it("and comes back when the service does", async () => {
          await near.endpoints("core", [near.addressOf("core")]);
          await eventually("the own service answers", async () => {
            const { status, body } = await near.visit(at(near, "core"), "GET");
            expect(status).to.equal(200);
            return body === `core at ${near.plan.site}`;
          });
        });

        it("and is told 503 when both are gone", async () => {
          near.backend("core").behaviour = { status: 502 };
          far.backend("core").behaviour = { status: 502 };
          expectNotice(await near.visit(at(near, "core"), "GET"));
          expect([near.seen, far.seen], "each asked once").to.deep.equal([["core GET"], ["core GET"]]);
        });
      });

      it(`what comes to ${near.plan.site} through the tunnel is answered there or not at all`, async () => {
        const place = at(near, "core");
        expect((await near.visitThroughTunnel(place, "GET")).body).to.equal(`core at ${near.plan.site}`);
        near.heal();
        near.backend("core").behaviour = { status: 503 };
        for (const method of [...READS, ...WRITES]) {
          expect((await near.visitThroughTunnel(place, method)).status, method).to.be.oneOf([404, 503]);
        }
        expect(far.seen, "no loop").to.deep.equal([]);
        const admitted = near === primary ? [...READS, ...WRITES] : READS;
        expect(near.seen).to.deep.equal(admitted.map((method) => `core ${method}`));
      });
    }
  });
});
