import { expect } from "chai";
import { HANG_PROBE } from "../../../components/pg-hang-probe.ts";
import { observe } from "../../../resilience/observe/index.ts";
import type { PostgresCluster } from "../../../resilience/system.ts";
import { PENDING } from "../../../resilience/resource.ts";
import { object, resource, stack } from "./fixture.ts";

const probePath = "/spec/containers/0/livenessProbe";
const whole = (value: object, op = "replace") => ({ op, path: probePath, value });

function read(podPatch: unknown, spec: object = {}): PostgresCluster | undefined {
  const declared = object("a", "postgresql.cnpg.io/v1", "Cluster", "db", { spec: { instances: 1, ...spec } });
  const metadata = { name: "db", namespace: "platform", annotations: { "cnpg.io/podPatch": podPatch } };
  const cluster = resource("a", declared.type, declared.name, { ...declared.inputs, metadata });
  return observe([stack("a", [cluster])]).postgres[0];
}

function times(podPatch: unknown, spec?: object): readonly (number | string | undefined)[] {
  const probe = read(podPatch, spec)?.hangProbe;
  return [probe?.detection, probe?.grace].map((fact) => (fact?.state === "known" ? fact.value : fact?.state));
}

const ABSENT = [undefined, undefined];
const UNKNOWN = ["unknown", "unknown"];

describe("observe, on the probe that asks PostgreSQL itself", () => {
  it("finds none where nothing puts one in place of the operator's", () => {
    expect(read(undefined)).to.not.have.property("hangProbe");
    const label = { op: "add", path: "/metadata/labels/own", value: "x" };
    const other = { ...whole(HANG_PROBE), path: "/spec/containers/1/livenessProbe" };
    const longer = { ...whole(HANG_PROBE), path: `${probePath}s` };
    const test = { op: "test", path: probePath, value: HANG_PROBE };
    for (const operation of [label, other, longer, test])
      expect(times(JSON.stringify([operation])), operation.path).to.deep.equal(ABSENT);
  });

  it("reads its times from the patch, the last one of several", () => {
    expect(times(JSON.stringify([whole(HANG_PROBE)]))).to.deep.equal([6 * 4 + 6, 5]);
    const slower = { ...HANG_PROBE, periodSeconds: 20 };
    expect(times(JSON.stringify([whole(HANG_PROBE), whole(slower, "add")]))).to.deep.equal([20 * 4 + 6, 5]);
  });

  it("takes Kubernetes' and the operator's defaults where it says nothing", () => {
    const bare = JSON.stringify([whole({ exec: { command: ["pg_isready"] }, httpGet: null })]);
    expect(times(bare)).to.deep.equal([10 * 3 + 1, 1800]);
    expect(times(bare, { stopDelay: 30 })).to.deep.equal([10 * 3 + 1, 30]);
  });

  it("guesses nothing of a patch that it can't read, or that asks something else", () => {
    const manager = whole({ httpGet: { path: "/healthz", port: 8000 } });
    const part = { op: "replace", path: `${probePath}/httpGet/path`, value: "/readyz" };
    const all = { op: "replace", path: "/spec/containers/0", value: { livenessProbe: HANG_PROBE } };
    // The operator merges: its own question stays beside this one, and the API server refuses the pod.
    const two = whole({ exec: { command: ["pg_isready"] } });
    for (const patch of [[manager], [part], [all], [two], [whole(HANG_PROBE), { op: "remove", path: probePath }]])
      expect(times(JSON.stringify(patch)), JSON.stringify(patch)).to.deep.equal(UNKNOWN);
    for (const text of ["no JSON", "{}", 7]) expect(times(text), String(text)).to.deep.equal(UNKNOWN);
    expect(times(PENDING)).to.deep.equal(["pending", "pending"]);
  });
});
