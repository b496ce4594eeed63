import { expect } from "chai";
import type { SiteContext } from "../../components/context.ts";
import { labels } from "../../components/names.ts";
import { overlayPolicies, platformPolicies } from "../../components/network-policies.ts";
import { contextOf, peerOf } from "./backup-fixture.ts";
import { allows } from "./network-evaluator.ts";
import type { End } from "./network-evaluator.ts";

/** Aachen with `core` on PostgreSQL, `alastair` on MongoDB, and a front end without a store. */
function aachen(endpoint = "https://10.20.30.40:9000"): SiteContext {
  const context = contextOf("aachen", { endpoint });
  const [service] = context.platform.services;
  const services = [
    { ...service!, name: "core", port: 8084, store: "postgres" as const },
    { ...service!, name: "alastair", port: 8085, store: "mongo" as const },
    { ...service!, name: "front", port: 8083, store: undefined },
  ];
  return { ...context, platform: { ...context.platform, services } };
}

const context = aachen();
const titan = { ...peerOf("titan"), overlayEndpoint: "overlay.titan.example.test:51999" };
const policies = [...platformPolicies(context), ...overlayPolicies(context, [titan])];

const pod = (namespace: string, podLabels: Readonly<Record<string, string>>): End => ({ namespace, labels: podLabels });
const ours = (component: string, instance?: string): End => pod("platform", labels(component, instance));
const ends: Readonly<Record<string, End>> = {
  internet: { address: "203.0.113.9" },
  store: { address: "10.20.30.40" },
  dns: pod("kube-system", { "k8s-app": "kube-dns" }),
  "other pod of kube-system": pod("kube-system", { "k8s-app": "metrics-server" }),
  operator: pod("cnpg-system", { "app.kubernetes.io/name": "cloudnative-pg" }),
  prometheus: pod("monitoring", { "app.kubernetes.io/name": "prometheus" }),
  stranger: pod("default", { "app.kubernetes.io/component": "proxy" }),
  unlabelled: pod("platform", {}),
  proxy: ours("proxy"),
  notice: ours("notice"),
  core: ours("service", "core"),
  alastair: ours("service", "alastair"),
  front: ours("service", "front"),
  postgres: pod("platform", { "cnpg.io/cluster": "pg-aachen", "app.kubernetes.io/component": "database" }),
  mongo: ours("mongo", "mongo-aachen-0"),
  backup: ours("backup", "backup-mongo"),
  nameserver: ours("nameserver"),
  gateway: pod("overlay", labels("gateway")),
};

type Case = readonly [source: string, target: string, port: number, protocol?: "UDP"];

/** Titan's services, as `exportsOf` numbers them: 20100 PostgreSQL, 20101 proxy, 20102 store, 20103 and 20104 MongoDB. */
const allowed: readonly Case[] = [
  ["internet", "proxy", 8443],
  ["internet", "proxy", 8080],
  ["internet", "nameserver", 5353],
  ["internet", "nameserver", 5353, "UDP"],
  ["internet", "gateway", 51_820, "UDP"],
  ["gateway", "internet", 51_999, "UDP"],
  ["proxy", "core", 8084],
  ["proxy", "notice", 8080],
  ["proxy", "gateway", 20_101],
  ["proxy", "internet", 6443],
  ["core", "postgres", 5432],
  ["core", "alastair", 8085],
  ["alastair", "mongo", 27_017],
  ["postgres", "postgres", 5432],
  ["postgres", "postgres", 8000],
  ["postgres", "gateway", 20_100],
  ["postgres", "store", 9000],
  ["postgres", "internet", 6443],
  ["operator", "postgres", 8000],
  ["operator", "postgres", 5432],
  ["mongo", "mongo", 27_017],
  ["mongo", "gateway", 20_103],
  ["mongo", "gateway", 20_104],
  ["mongo", "store", 9000],
  ["backup", "mongo", 27_017],
  ["backup", "postgres", 5432],
  ["backup", "gateway", 20_102],
  ["backup", "store", 9000],
  ["nameserver", "internet", 443],
  ["nameserver", "proxy", 8443],
  ["gateway", "proxy", 9000],
  ["gateway", "postgres", 5432],
  ["gateway", "mongo", 27_017],
  ["gateway", "store", 9000],
  ["unlabelled", "dns", 53, "UDP"],
  ["core", "dns", 53],
  ["gateway", "dns", 53, "UDP"],
  ["prometheus", "proxy", 9100],
  ["prometheus", "core", 8084],
  ["prometheus", "postgres", 9187],
  ["prometheus", "nameserver", 8081],
  ["prometheus", "gateway", 8404],
];

const forbidden: readonly Case[] = [
  // Only proxies, databases and backups join the overlay, each by the ports of its own kind.
  ...[20_100, 20_101, 20_102, 20_103, 20_104].flatMap((port): Case[] => [
    ["core", "gateway", port],
    ["front", "gateway", port],
    ["notice", "gateway", port],
    ["nameserver", "gateway", port],
    ["unlabelled", "gateway", port],
    ["stranger", "gateway", port],
    ["prometheus", "gateway", port],
    ["internet", "gateway", port],
  ]),
  ["proxy", "gateway", 20_100],
  ["proxy", "gateway", 20_104],
  ["postgres", "gateway", 20_101],
  ["mongo", "gateway", 20_100],
  ["backup", "gateway", 20_101],
  // The gateway reaches what the site exports, and nothing else.
  ["gateway", "core", 8084],
  ["gateway", "proxy", 8443],
  ["gateway", "postgres", 8000],
  ["gateway", "nameserver", 5353],
  ["gateway", "internet", 443],
  ["gateway", "internet", 53],
  // Nobody but the gateway enters by the other site's entry point.
  ["internet", "proxy", 9000],
  ["core", "proxy", 9000],
  ["stranger", "proxy", 9000],
  // Services reach their own store only, and not the world.
  ["core", "mongo", 27_017],
  ["alastair", "postgres", 5432],
  ["front", "postgres", 5432],
  ["front", "mongo", 27_017],
  ["core", "store", 9000],
  ["core", "internet", 443],
  ["core", "other pod of kube-system", 53],
  ["internet", "core", 8084],
  ["stranger", "core", 8084],
  ["proxy", "postgres", 5432],
  ["proxy", "mongo", 27_017],
  ["proxy", "internet", 80],
  ["notice", "internet", 443],
  ["internet", "postgres", 5432],
  ["internet", "mongo", 27_017],
  ["operator", "mongo", 27_017],
  ["prometheus", "postgres", 5432],
  ["postgres", "mongo", 27_017],
  ["postgres", "internet", 9000],
  ["mongo", "internet", 6443],
  ["backup", "internet", 443],
  ["proxy", "backup", 8080],
  ["unlabelled", "internet", 443],
  ["unlabelled", "postgres", 5432],
];

const decide = ([source, target, port, protocol]: Case): boolean =>
  allows(policies, ends[source]!, ends[target]!, port, protocol);

describe("components/network-policies", () => {
  for (const [cases, wanted] of [
    [allowed, true],
    [forbidden, false],
  ] as const) {
    for (const one of cases) {
      const [source, target, port, protocol = "TCP"] = one;
      it(`${wanted ? "lets" : "keeps"} ${source} ${wanted ? "reach" : "from"} ${target}, ${protocol} ${port}`, () => {
        expect(decide(one)).to.equal(wanted);
      });
    }
  }

  it("denies by default in both namespaces: without that policy the forbidden would be free", () => {
    const open = policies.filter(({ policy }) => policy !== "default-deny");
    expect(allows(open, ends["internet"]!, ends["unlabelled"]!, 8080)).to.equal(true);
    for (const namespace of ["platform", "overlay"]) {
      const deny = policies.find((one) => one.policy === "default-deny" && one.namespace === namespace);
      expect(deny?.spec).to.deep.equal({
        podSelector: {},
        policyTypes: ["Ingress", "Egress"],
        ingress: [],
        egress: [],
      });
    }
  });

  it("admits any address on the store's port when the config gives a host name", () => {
    const named = platformPolicies(aachen("https://s3.example.test"));
    expect(allows(named, ends["backup"]!, ends["internet"]!, 443)).to.equal(true);
    expect(allows(named, ends["backup"]!, ends["internet"]!, 9000)).to.equal(false);
  });

  it("writes no rule without ports, which would mean all of them, even for a site without another", () => {
    const [own] = context.topology.sites;
    const alone = { ...context, topology: { ...context.topology, sites: [own!] } };
    const rules = [...policies, ...platformPolicies(alone), ...overlayPolicies(alone, [])].flatMap(({ spec }) => [
      ...(spec.ingress ?? []),
      ...(spec.egress ?? []),
    ]);
    for (const { ports } of rules) expect(ports).to.not.be.empty;
  });

  it("gives every policy a name of its own in its namespace", () => {
    const names = policies.map(({ namespace, policy }) => `${namespace}/${policy}`);
    expect(new Set(names).size).to.equal(names.length);
  });
});
