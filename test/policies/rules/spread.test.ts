import { expect } from "chai";
import fc from "fast-check";
import { observe } from "../../../resilience/observe/index.ts";
import { spread } from "../../../policies/rules/spread.ts";
import { fewestDomains, mostPlaced } from "../../../policies/spread.ts";
import type { Constraint } from "../../../policies/spread.ts";
import { happyStacks } from "../happy.ts";
import { change, object } from "../mutation.ts";
import type { Happy } from "../mutation.ts";
import type { Inputs } from "../../resilience/observe/planned.ts";

const hard = (kind: Constraint["kind"], maxSkew: number, minDomains = 1): Constraint => ({
  kind,
  topologyKey: "topology.kubernetes.io/zone",
  hard: true,
  maxSkew,
  minDomains,
  byVersion: false,
});

/** May one pod more be put into a domain? The rule of the scheduler, as the API describes it. */
function admits({ kind, maxSkew, minDomains }: Constraint, counts: readonly number[], at: number): boolean {
  const there = counts[at] ?? 0;
  if (kind === "anti-affinity") return there === 0;
  const least = counts.length < minDomains ? 0 : Math.min(...counts);
  return there + 1 - least <= maxSkew;
}

/** Every way in which pods can be put, one after the other: how many found a place, and in how many domains they are. */
function placements(constraint: Constraint, pods: number, domains: number): readonly (readonly number[])[] {
  let reached = new Map([[Array.from({ length: domains }, () => 0).join(), Array.from({ length: domains }, () => 0)]]);
  for (let placed = 0; placed < pods; placed++) {
    const next = new Map<string, number[]>();
    for (const counts of reached.values()) {
      for (let at = 0; at < domains; at++) {
        if (!admits(constraint, counts, at)) continue;
        const after = counts.map((count, index) => (index === at ? count + 1 : count)).sort();
        next.set(after.join(), after);
      }
    }
    if (next.size === 0) return [...reached.values()];
    reached = next;
  }
  return [...reached.values()];
}

describe("policies/rules/spread", () => {
  const constraints = fc.oneof(
    fc.constant(hard("anti-affinity", 1)),
    fc
      .record({ skew: fc.integer({ min: 1, max: 4 }), least: fc.integer({ min: 1, max: 5 }) })
      .map(({ skew, least }) => hard("spread", skew, least)),
  );
  const pods = fc.integer({ min: 1, max: 7 });
  const domains = fc.integer({ min: 1, max: 4 });

  it("says how many pods find a place as the scheduler does", () => {
    fc.assert(
      fc.property(constraints, pods, domains, (constraint, count, places) => {
        const placed = placements(constraint, count, places).map((counts) => counts.reduce((a, b) => a + b, 0));
        expect(Math.max(...placed)).to.equal(Math.min(count, mostPlaced(constraint, places)));
      }),
    );
  });

  it("says in how many domains the pods are at the fewest as the scheduler does, once all have a place", () => {
    fc.assert(
      fc.property(constraints, pods, domains, (constraint, count, places) => {
        fc.pre(mostPlaced(constraint, places) >= count);
        const held = placements(constraint, count, places).map((counts) => counts.filter((one) => one > 0).length);
        expect(Math.min(...held)).to.equal(fewestDomains(constraint, count, places));
      }),
    );
  });

  /** Messages after one workload of a good platform was changed. */
  async function messages(from: Happy, kind: string, name: string, edit: (spec: Inputs) => void): Promise<string> {
    const stacks = change(object(kind, name), ({ spec }) => edit(spec))(await happyStacks(from));
    return stacks
      .flatMap((stack) => spread.evaluate({ stack, system: observe([stack]) }, {}).findings)
      .map(({ message }) => message)
      .join("\n");
  }

  it("S2.3: finds a place for a fourth replica in three zones, and for the new pod of an update", async () => {
    expect(await messages("all-azure", "Deployment", "frontend", (spec) => (spec.replicas = 4))).to.equal("");
  });

  it("refuses a fourth replica that anti-affinity keeps out of three zones", async () => {
    const text = await messages("all-azure", "Deployment", "frontend", (spec) => {
      spec.replicas = 4;
      const { matchLabels } = spec.selector;
      const term = { topologyKey: "topology.kubernetes.io/zone", labelSelector: { matchLabels } };
      spec.template.spec.affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
    });
    expect(text).to.match(
      /Deployment frontend needs 5 places, .* leaves 3 in 3 domains of azure: what is over stays pending/,
    );
  });

  it("counts the new pod of an update, unless versions are kept apart by themselves", async () => {
    const anti = (spec: Inputs, matchLabelKeys?: readonly string[]): void => {
      spec.replicas = 3;
      const { matchLabels } = spec.selector;
      const term = { topologyKey: "topology.kubernetes.io/zone", labelSelector: { matchLabels }, matchLabelKeys };
      spec.template.spec.affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
    };
    expect(await messages("all-azure", "Deployment", "frontend", (spec) => anti(spec))).to.match(
      /needs 4 places while it is updated/,
    );
    expect(await messages("all-azure", "Deployment", "frontend", (spec) => anti(spec, ["pod-template-hash"]))).to.equal(
      "",
    );
  });

  it("takes a constraint that is a wish, selects other pods, or is over nodes alone for none where there are zones", async () => {
    const edits: readonly ((constraint: Inputs) => void)[] = [
      (constraint) => (constraint["whenUnsatisfiable"] = "ScheduleAnyway"),
      (constraint) => (constraint["labelSelector"] = { matchLabels: { app: "another" } }),
      (constraint) => (constraint["topologyKey"] = "kubernetes.io/hostname"),
      (constraint) => (constraint["maxSkew"] = 2),
    ];
    for (const edit of edits) {
      const text = await messages("all-azure", "Deployment", "frontend", (spec) => {
        for (const one of spec.template.spec.topologySpreadConstraints) edit(one);
      });
      expect(text).to.match(/2 pods of Deployment frontend|nothing spreads the 2 pods of Deployment frontend/);
    }
  });

  it("looks at instances of a Cluster and at MongoDB's members, each a workload of its own", async () => {
    const cluster = await messages("all-azure", "Cluster", "pg-azure", (spec) => {
      spec.affinity.podAntiAffinityType = "preferred";
    });
    expect(cluster).to.match(/3 pods of Cluster pg-azure may all run in one of 3 domains/);
    const member = await messages("all-azure", "StatefulSet", "mongo-azure-0", (spec) => {
      delete spec.template.spec.affinity;
    });
    expect(member).to.match(/nothing spreads the 3 pods of MongoDB's members with data/);
  });

  it("says that a secret or missing count is not known", async () => {
    const text = await messages("two-sites", "Deployment", "frontend", (spec) => {
      spec.replicas = { holdfast: "secret" };
    });
    expect(text).to.match(/the number of pods of Deployment frontend is not known: .* is secret/);
  });
});
