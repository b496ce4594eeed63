import { expect } from "chai";
import fc from "fast-check";
import {
  addressNumber,
  addressText,
  overlap,
  parseRange,
  rangeText,
  without,
} from "../../../../lab/network/addresses.ts";
import type { Range } from "../../../../lab/network/addresses.ts";
import { MAIN_CHAIN, filterRules } from "../../../../lab/site/policies/rules.ts";
import { selects } from "../../../../lab/site/policies/types.ts";
import type { ClusterView, NetworkPolicy, Pod } from "../../../../lab/site/policies/types.ts";

let made = 0;
const meta = (name: string, labels = {}, namespace = "platform") => ({
  name,
  namespace,
  labels,
  uid: `u${++made}`,
  resourceVersion: "1",
});

function pod(name: string, ip: string, namespace = "platform", more: Partial<Pod["spec"]> = {}): Pod {
  const ports = [{ name: "http", containerPort: 8000 }];
  return {
    metadata: meta(name, { app: name }, namespace),
    spec: { nodeName: "one", containers: [{ ports }], ...more },
    status: { podIP: ip, phase: "Running" },
  };
}

const policy = (spec: NetworkPolicy["spec"]): NetworkPolicy => ({ metadata: meta("policy"), spec });
const app = (name: string) => ({ matchLabels: { app: name } });

const pods = [
  pod("web", "10.1.0.2"),
  pod("db", "10.1.0.3"),
  pod("job", "10.1.0.4"),
  pod("web", "10.1.1.2", "other", { nodeName: "two" }),
];
const view = (...policies: NetworkPolicy[]): ClusterView => ({
  pods,
  policies,
  namespaces: ["platform", "other"].map((name) => ({ metadata: meta(name, { "kubernetes.io/metadata.name": name }) })),
});

/** Whether the first packet of a connection passes, by the rules as iptables reads them. */
function passes(text: string, from: string, to: string, protocol: string, port: number): boolean {
  const rules = text.split("\n").flatMap((line) => {
    const [, chain, rest = ""] = /^-A (\S+) (.*)$/.exec(line) ?? [];
    const word = (flag: string): string | undefined => new RegExp(`(?:^| )${flag} (\\S+)`).exec(rest)?.[1];
    return chain === undefined || rest.includes("conntrack") ? [] : [{ chain, word }];
  });
  const isIn = (address: string, range: string | undefined): boolean =>
    range === undefined || overlap(parseRange(range), { first: addressNumber(address), bits: 32 });
  const walk = (chain: string): boolean => {
    for (const { word } of rules.filter((rule) => rule.chain === chain)) {
      const [low, high = low] = (word("--dport") ?? `${port}`).split(":").map(Number);
      const isMeant = isIn(from, word("-s")) && isIn(to, word("-d")) && (word("-p") ?? protocol) === protocol;
      if (!isMeant || port < low! || port > high!) continue;
      const target = word("-j")!;
      if (target === "RETURN") return true;
      if (target === "REJECT" || !walk(target)) return false;
    }
    return true;
  };
  return walk(MAIN_CHAIN);
}

describe("the lab's enforcement of network policies", () => {
  const [web, db, job, farWeb, world] = ["10.1.0.2", "10.1.0.3", "10.1.0.4", "10.1.1.2", "198.18.0.53"];

  it("lets everything pass where no policy selects", () => {
    const { text, chains } = filterRules(view(), "one");
    expect(chains).to.deep.equal([]);
    expect(passes(text, web, db, "tcp", 5432)).to.equal(true);
  });

  it("lets into an isolated pod what is named, and nothing else", () => {
    const only = policy({
      podSelector: app("db"),
      ingress: [{ from: [{ podSelector: app("web") }], ports: [{ port: 5432 }] }],
    });
    const { text } = filterRules(view(only), "one");
    expect(passes(text, web, db, "tcp", 5432)).to.equal(true);
    expect(passes(text, web, db, "udp", 5432)).to.equal(false);
    expect(passes(text, web, db, "tcp", 5433)).to.equal(false);
    expect(passes(text, job, db, "tcp", 5432)).to.equal(false);
    // A pod of the same labels in another namespace is another pod.
    expect(passes(text, farWeb, db, "tcp", 5432)).to.equal(false);
    // What the pod sends was not restricted, nor were others.
    expect(passes(text, db, web, "tcp", 1)).to.equal(true);
    expect(passes(text, world, web, "tcp", 80)).to.equal(true);
  });

  it("adds up what several policies allow, and refuses both ways by default when told so", () => {
    const deny = policy({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    const { text: closed } = filterRules(view(deny), "one");
    expect(passes(closed, web, db, "tcp", 5432)).to.equal(false);
    const out = policy({
      podSelector: app("web"),
      policyTypes: ["Egress"],
      egress: [{ to: [{ podSelector: app("db") }] }],
    });
    expect(passes(filterRules(view(deny, out), "one").text, web, db, "tcp", 5432)).to.equal(false);
    const into = policy({ podSelector: app("db"), ingress: [{}] });
    const { text: open } = filterRules(view(deny, out, into), "one");
    expect(passes(open, web, db, "tcp", 5432)).to.equal(true);
    expect(passes(open, world, db, "tcp", 1)).to.equal(true);
    expect(passes(open, web, world, "tcp", 443)).to.equal(false);
  });

  it("lets pass what a control plane beside the servers sends, and nothing to anybody else of the same network", () => {
    const closed = policy({ podSelector: {} });
    const { text } = filterRules(view(closed), "one", [], [world]);
    expect(passes(text, world, db, "tcp", 5432)).to.equal(true);
    expect(passes(text, web, db, "tcp", 5432)).to.equal(false);
    expect(passes(filterRules(view(closed), "one").text, world, db, "tcp", 5432)).to.equal(false);
  });

  it("knows namespaces, ranges with exceptions, named ports and ranges of ports", () => {
    const other = { matchLabels: { "kubernetes.io/metadata.name": "other" } };
    const block = { cidr: "0.0.0.0/0", except: ["10.0.0.0/8", "192.168.0.0/16"] };
    const rules = policy({
      podSelector: app("web"),
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        {
          from: [{ namespaceSelector: other, podSelector: app("web") }, { ipBlock: block }],
          ports: [{ port: "http" }],
        },
      ],
      egress: [
        { to: [{ podSelector: app("db") }], ports: [{ port: "http" }] },
        { ports: [{ protocol: "UDP", port: 1000, endPort: 2000 }] },
      ],
    });
    const { text } = filterRules(view(rules), "one");
    expect(passes(text, farWeb, web, "tcp", 8000)).to.equal(true);
    expect(passes(text, farWeb, web, "tcp", 80)).to.equal(false);
    expect(passes(text, world, web, "tcp", 8000)).to.equal(true);
    expect(passes(text, "10.9.9.9", web, "tcp", 8000)).to.equal(false);
    expect(passes(text, "192.168.3.4", web, "tcp", 8000)).to.equal(false);
    expect(passes(text, web, db, "tcp", 8000)).to.equal(true);
    expect(passes(text, web, world, "udp", 1500)).to.equal(true);
    expect(passes(text, web, world, "udp", 2001)).to.equal(false);
  });

  it("makes rules for a server's own pods that live, and takes away those of pods that are gone", () => {
    const deny = policy({ podSelector: {} });
    const dead: Pod = { ...pod("dead", "10.1.0.9"), status: { podIP: "10.1.0.9", phase: "Succeeded" } };
    const all = { ...view(deny), pods: [...pods, dead, pod("host", "192.0.2.10", "platform", { hostNetwork: true })] };
    const { chains } = filterRules(all, "one");
    expect(chains).to.deep.equal(["HOLDFAST-I-a010002", "HOLDFAST-I-a010003", "HOLDFAST-I-a010004"]);
    expect(filterRules(all, "two").chains).to.deep.equal([]);
    const { text } = filterRules(all, "one", [...chains, "HOLDFAST-I-a010009"]);
    expect(text).to.include(":HOLDFAST-I-a010009 - [0:0]").and.include("-X HOLDFAST-I-a010009\n");
    expect(text).not.to.include("-X HOLDFAST-I-a010002");
  });

  it("reads selectors as Kubernetes does", () => {
    const by = (operator: "In" | "NotIn" | "Exists" | "DoesNotExist", labels: Record<string, string>): boolean =>
      selects({ matchExpressions: [{ key: "a", operator, values: ["1"] }] }, labels);
    expect([by("In", { a: "1" }), by("In", { a: "2" }), by("In", {})]).to.deep.equal([true, false, false]);
    expect([by("NotIn", { a: "1" }), by("NotIn", { a: "2" }), by("NotIn", {})]).to.deep.equal([false, true, true]);
    expect([by("Exists", { a: "x" }), by("Exists", {})]).to.deep.equal([true, false]);
    expect([by("DoesNotExist", { a: "x" }), by("DoesNotExist", {})]).to.deep.equal([false, true]);
    expect(selects({}, {})).to.equal(true);
  });

  it("takes ranges away from a range and nothing more", () => {
    const range = fc
      .tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 1, max: 32 }))
      .map(([number, bits]): Range => ({ first: number - (number % 2 ** (32 - bits)), bits }));
    const check = (whole: Range, others: readonly Range[], number: number): void => {
      const one = { first: number, bits: 32 };
      const expected = overlap(whole, one) && !others.some((other) => overlap(other, one));
      expect(
        without(whole, others).some((part) => overlap(part, one)),
        addressText(number),
      ).to.equal(expected);
    };
    const anywhere = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    fc.assert(fc.property(range, fc.array(range, { maxLength: 3 }), anywhere, check));
    const rest = without(parseRange("10.0.0.0/30"), [parseRange("10.0.0.1/32")]).map(rangeText);
    expect(rest).to.deep.equal(["10.0.0.0/32", "10.0.0.2/31"]);
  });
});
