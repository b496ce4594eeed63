import { expect } from "chai";
import fc from "fast-check";
import { clusterShape } from "../../components/cluster-shape.ts";
import type { ClusterShape } from "../../components/cluster-shape.ts";
import { apartOnServers, spread } from "../../components/pods.ts";
import { proxyReplicas } from "../../components/proxy-config.ts";
import { aksFacts } from "./aks-fixture.ts";
import { contextOf } from "./site-fixture.ts";

type Constraint = ReturnType<typeof spread>[number];

/** Nodes as the scheduler sees them: their zone, their pods of the kind in question, and whether they are tainted. */
interface Node {
  readonly name: string;
  readonly zone: string;
  readonly tainted: boolean;
  pods: number;
}

const domainOf = ({ topologyKey }: Constraint, node: Node): string =>
  topologyKey === "kubernetes.io/hostname" ? node.name : node.zone;

/** Puts a pod where the constraints that must hold let it (podTopologySpread, Kubernetes 1.33); false: it is pending. */
function schedule(constraints: readonly Constraint[], nodes: readonly Node[]): boolean {
  const hard = constraints.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === "DoNotSchedule");
  const fits = (node: Node): boolean =>
    !node.tainted &&
    hard.every((constraint) => {
      const counted = nodes.filter(({ tainted }) => !tainted || constraint.nodeTaintsPolicy !== "Honor");
      const pods = new Map<string, number>();
      for (const one of counted)
        pods.set(domainOf(constraint, one), (pods.get(domainOf(constraint, one)) ?? 0) + one.pods);
      return (
        (pods.get(domainOf(constraint, node)) ?? 0) + 1 - Math.min(...pods.values()) <= (constraint.maxSkew as number)
      );
    });
  const [node] = nodes.filter(fits).sort((a, b) => a.pods - b.pods);
  if (node) node.pods += 1;
  return node !== undefined;
}

const pool = (prefix: string, count: number, zones: readonly string[], tainted: boolean): Node[] =>
  Array.from({ length: count }, (_, index) => ({
    name: `${prefix}-${index}`,
    zone: zones[index % zones.length]!,
    tainted,
    pods: 0,
  }));

const labels = { app: "x" };
const inZones = (zones: ("1" | "2" | "3")[], min = zones.length): ClusterShape =>
  clusterShape(aksFacts({ zones, workerPool: { size: "Standard_D4s_v5", min, max: 12 } }));

describe("components/cluster-shape", () => {
  it("is the servers of a cluster of one's own", () => {
    expect(contextOf("aachen", { servers: 2 }).cluster).to.deep.equal({
      nodes: 2,
      spreadOver: { topologyKey: "kubernetes.io/hostname", domains: 2 },
      taintedNodes: false,
      storageClass: "local-path",
    });
  });

  it("is the zones of AKS, and its fewest nodes where it has one zone only", () => {
    expect(inZones(["1", "2", "3"], 4)).to.deep.equal({
      nodes: 4,
      spreadOver: { topologyKey: "topology.kubernetes.io/zone", domains: 3 },
      taintedNodes: true,
      storageClass: "holdfast-zrs",
      sharedStorageClass: "holdfast-files-zrs",
    });
    expect(inZones(["2"], 4)).to.deep.equal({
      nodes: 4,
      spreadOver: { topologyKey: "kubernetes.io/hostname", domains: 4 },
      taintedNodes: true,
      storageClass: "holdfast-lrs",
      sharedStorageClass: "holdfast-files-lrs",
    });
  });
});

describe("what pods are spread over", () => {
  it("leaves a cluster of one's own as it was", () => {
    expect(spread(contextOf("aachen", { servers: 2 }).cluster, labels)).to.deep.equal([
      {
        maxSkew: 1,
        topologyKey: "kubernetes.io/hostname",
        whenUnsatisfiable: "DoNotSchedule",
        labelSelector: { matchLabels: labels },
        matchLabelKeys: ["pod-template-hash"],
      },
    ]);
  });

  it("schedules any number of replicas, a fourth in three zones too, evenly over them [R7]", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 9 }), (zoneCount, replicas) => {
        const zones = (["1", "2", "3"] as const).slice(0, zoneCount);
        const constraints = spread(inZones([...zones]), labels);
        const nodes = [...pool("workers", 6, zones, false), ...pool("system", 3, zones, true)];
        for (let pod = 0; pod < replicas; pod++) expect(schedule(constraints, nodes), `pod ${pod}`).to.equal(true);
        const perZone = zones.map((zone) => nodes.reduce((sum, node) => sum + (node.zone === zone ? node.pods : 0), 0));
        expect(Math.max(...perZone) - Math.min(...perZone)).to.be.at.most(1);
      }),
    );
  });

  it("brings all replicas back in the zones that are left, and would not if tainted nodes counted", () => {
    const zones = ["1", "2", "3"];
    const constraints = spread(inZones(["1", "2", "3"]), labels);
    const left = (): Node[] =>
      pool("workers", 6, zones, false).map((node) => ({ ...node, tainted: node.zone === "1" }));
    const all = (nodes: readonly Node[], rules: readonly Constraint[]): boolean =>
      Array.from({ length: 3 }, () => schedule(rules, nodes)).every(Boolean);
    expect(all(left(), constraints)).to.equal(true);
    const without = constraints.map((constraint) => ({ ...constraint, nodeTaintsPolicy: "Ignore" }));
    expect(all(left(), without)).to.equal(false);
  });

  it("wishes for servers of their own for those that must share a zone", () => {
    expect(apartOnServers(inZones(["1", "2", "3"]), 3, labels)).to.deep.equal([]);
    expect(apartOnServers(contextOf("aachen").cluster, 3, labels)).to.deep.equal([]);
    expect(apartOnServers(inZones(["1", "2"]), 3, labels).map((one) => one.podAffinityTerm.topologyKey)).to.deep.equal([
      "kubernetes.io/hostname",
    ]);
  });

  it("has a proxy in each zone, and two at the least", () => {
    expect(proxyReplicas(inZones(["1", "2", "3"]))).to.equal(3);
    expect(proxyReplicas(inZones(["1"], 1))).to.equal(2);
    expect(proxyReplicas(contextOf("aachen").cluster)).to.equal(2);
  });
});
