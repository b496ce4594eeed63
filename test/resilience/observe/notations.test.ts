import { expect } from "chai";
import { longestGap } from "../../../resilience/observe/cron.ts";
import { inRange, parseHaproxy, parseWireguard } from "../../../resilience/observe/gateway-files.ts";
import { parseLuaCall } from "../../../resilience/observe/lua.ts";
import { parseGoDuration, parsePostgresTime, parseQuantity } from "../../../resilience/observe/quantities.ts";
import { parseZoneFile } from "../../../resilience/observe/zone-file.ts";

const DAY = 86_400;

describe("observe: notations", () => {
  const gaps: readonly (readonly [string, number | undefined])[] = [
    ["15 2 * * *", DAY],
    ["30 3 * * 0", 7 * DAY],
    ["30 3 * * 7", 7 * DAY],
    ["0 */6 * * *", 6 * 3600],
    ["0 1,3 * * *", 22 * 3600],
    ["0 0 1 * *", 31 * DAY],
    ["0 0 29 2 *", 4 * 366 * DAY - 3 * DAY],
    // Either the 1st or a Monday: never more than a week.
    ["0 0 1 * mon", 7 * DAY],
    ["* * * * *", 60],
    ["@weekly", 7 * DAY],
    ["0 0 31 2 *", undefined],
    ["61 * * * *", undefined],
    ["0 2 * *", undefined],
    ["often", undefined],
  ];
  for (const [schedule, gap] of gaps) {
    it(`the longest time between two runs of "${schedule}" is ${gap ?? "none"}`, () =>
      expect(longestGap(schedule)).to.equal(gap));
  }

  it("schedules of CloudNativePG begin with seconds", () => {
    expect(longestGap("0 15 2 * * *", true)).to.equal(DAY);
    expect(longestGap("0 15 2 * * *")).to.equal(undefined);
  });

  it("amounts and times", () => {
    expect(["250m", "20Gi", "1e3", 2, "5x"].map(parseQuantity)).to.deep.equal([0.25, 20 * 2 ** 30, 1000, 2, undefined]);
    expect(["1h30m", "500ms", "5", 5, "soon"].map(parseGoDuration)).to.deep.equal([5400, 0.5, 5, 5, undefined]);
    // A bare number means seconds for archive_timeout and milliseconds for wal_receiver_timeout.
    expect([
      parsePostgresTime("60", 1),
      parsePostgresTime("5000", 0.001),
      parsePostgresTime("1min", 0.001),
    ]).to.deep.equal([60, 5, 60]);
    expect(parsePostgresTime("5 years", 1)).to.equal(undefined);
  });

  it("wg0.conf", () => {
    const { addresses, peers } = parseWireguard(
      "[Interface]\nAddress = 10.0.0.1/24, fd00::1/64\n# x\n[Peer]\nPublicKey = abc=\nAllowedIPs = 10.0.0.2/32\n[Peer]\nPersistentKeepalive = 5 # s\n",
    );
    expect(addresses).to.deep.equal(["10.0.0.1", "fd00::1"]);
    expect(peers.map(({ publicKey, allowedIps, keepalive }) => [publicKey, allowedIps, keepalive])).to.deep.equal([
      ["abc=", ["10.0.0.2/32"], 0],
      [undefined, [], 5],
    ]);
    expect([
      inRange("10.0.0.2", "10.0.0.0/24"),
      inRange("10.0.1.2", "10.0.0.0/24"),
      inRange("10.0.0.2", "10.0.0.2"),
      inRange("host", "10.0.0.0/8"),
    ]).to.deep.equal([true, false, true, false]);
  });

  it("haproxy.cfg, with frontends and backends or both in one", () => {
    const text =
      "frontend in\n  bind :80,10.0.0.1:81\n  default_backend out\nbackend out\n  server a host.x:90 check # c\nlisten both\n  bind *:70\n  server b 10.0.0.2:71\n";
    expect(parseHaproxy(text)).to.deep.equal([
      { address: undefined, port: 80, servers: [{ host: "host.x", port: 90 }] },
      { address: "10.0.0.1", port: 81, servers: [{ host: "host.x", port: 90 }] },
      { address: undefined, port: 70, servers: [{ host: "10.0.0.2", port: 71 }] },
    ]);
  });

  it("zone files: origin, times, comments, parentheses, owners that are left out", () => {
    const { zone, records, unread } = parseZoneFile(
      "$ORIGIN a.b.\n$TTL 1h\n@ IN SOA ns. me. ( 1 ; serial\n 2 3\n 4 5 )\nwww 30 IN A 192.0.2.1\n    IN A 192.0.2.2 ; second\nother.x. LUA A \"f('a;b')\"\n$INCLUDE y\n",
    );
    expect(zone).to.equal("a.b");
    expect(records.slice(1).map(({ name, ttl, type, data }) => [name, ttl, type, ...data])).to.deep.equal([
      ["www.a.b", 30, "A", "192.0.2.1"],
      ["www.a.b", 3600, "A", "192.0.2.2"],
      ["other.x", 3600, "LUA", "A", "f('a;b')"],
    ]);
    expect(unread).to.have.length(1);
  });

  it("calls in LUA records, and nothing more than one call", () => {
    expect(
      parseLuaCall("return ifurlup('https://x/', {{'1.1.1.1'}, {'2.2.2.2'}}, {timeout=1, ['interval']='2'})"),
    ).to.deep.equal({
      name: "ifurlup",
      args: [
        "https://x/",
        {
          list: [
            { list: ["1.1.1.1"], pairs: [] },
            { list: ["2.2.2.2"], pairs: [] },
          ],
          pairs: [],
        },
        {
          list: [],
          pairs: [
            ["timeout", 1],
            ["interval", "2"],
          ],
        },
      ],
    });
    for (const text of [";if x then return 1 end", "f('a') .. 'b'", "f(g())", "f('a'", "f({)"])
      expect(parseLuaCall(text), text).to.equal(undefined);
  });
});
