import { expect } from "chai";
import { Balancer } from "../../../../lab/network/balancer.ts";

const place = { index: 0, device: "site0", address: "203.0.113.10" };
const [one, two] = ["203.0.113.12", "203.0.113.13"] as const;

describe("the lab's load balancer", () => {
  it("leads a port by a group of hops, in a table that only this port's packets ask", () => {
    const lines = new Balancer(place).lead([{ protocol: "tcp", port: 443, addresses: [one, two] }]);
    expect(lines).to.deep.equal([
      `nexthop replace id 3405803788 via ${one} dev site0`,
      `nexthop replace id 3405803789 via ${two} dev site0`,
      "nexthop replace id 100001 group 3405803788/3405803789 type resilient buckets 64 idle_timer 240",
      "route replace 203.0.113.10/32 nhid 100001 table 1001",
      "rule add pref 20000 to 203.0.113.10 ipproto tcp dport 443 lookup 1001",
    ]);
  });

  it("keeps a port's group when its machines change, and loses what is sent to a port that nobody answers", () => {
    const balancer = new Balancer(place);
    balancer.lead([{ protocol: "udp", port: 51820, addresses: [one] }]);
    expect(balancer.lead([{ protocol: "udp", port: 51820, addresses: [two] }])).to.deep.equal([
      `nexthop replace id 3405803789 via ${two} dev site0`,
      "nexthop replace id 100001 group 3405803789 type resilient buckets 64 idle_timer 240",
      "route replace 203.0.113.10/32 nhid 100001 table 1001",
    ]);
    expect(balancer.lead([{ protocol: "udp", port: 51820, addresses: [] }])).to.deep.equal([
      "route replace blackhole 203.0.113.10/32 table 1001",
    ]);
  });

  it("gives ports of their own group, sites their own numbers, and forgets a port that nobody names any more", () => {
    const balancer = new Balancer({ ...place, index: 1 });
    const dns = { protocol: "udp", port: 53, addresses: [] } as const;
    expect(balancer.lead([dns, { ...dns, protocol: "tcp" }]).filter((line) => line.startsWith("rule"))).to.deep.equal([
      "rule add pref 20000 to 203.0.113.10 ipproto udp dport 53 lookup 2001",
      "rule add pref 20000 to 203.0.113.10 ipproto tcp dport 53 lookup 2002",
    ]);
    expect(balancer.lead([{ ...dns, protocol: "tcp" }])).to.deep.equal([
      "rule delete pref 20000 to 203.0.113.10 ipproto udp dport 53 lookup 2001",
      "route flush table 2001",
      "route replace blackhole 203.0.113.10/32 table 2002",
    ]);
  });
});
