import { InputError } from "../../config/problem.ts";
import { byRole, roleNames } from "../../resilience/roles.ts";
import type { System } from "../../resilience/system.ts";
import { exitCodes } from "../errors.ts";
import { stackResources } from "../harness.ts";
import { judge } from "../judge.ts";
import { planTopology, topologiesNamed } from "../plan.ts";
import { readProject } from "../stack-files.ts";
import { paint, table } from "../terminal.ts";
import { failureRows } from "../view.ts";
import type { FailureRow } from "../view.ts";

interface Column {
  readonly name: string;
  /** Fault by role → what becomes of it. */
  readonly cells: ReadonlyMap<string, string>;
  readonly summary: string;
}

/** `holdfast compare`: the same faults in several topologies, sites named by their roles. */
export async function compare(
  names: readonly string[],
  { project: directory }: { readonly project: string },
): Promise<number> {
  const topologies = topologiesNamed(names);
  if (topologies.length < 2) {
    throw new InputError("Command line", [
      { offender: "holdfast compare", rule: "two topologies or more", value: names.join(" "), fix: "name another one" },
    ]);
  }
  const project = readProject(directory);
  const columns: Column[] = [];
  for (const topology of topologies) {
    const { sites } = await planTopology(project, topology);
    const { system, outcomes, promises } = judge(sites.map(({ result }) => stackResources(result)));
    const broken = promises.filter(({ verdict }) => verdict === "broken" || verdict === "unknown").map(({ id }) => id);
    columns.push({
      name: topology.name,
      cells: new Map(failureRows(outcomes).map((row) => [byRole(row.fault, system), cellOf(row, system)])),
      summary: broken.join(" ") || "all kept",
    });
  }
  const faults = [...new Set(columns.flatMap(({ cells }) => [...cells.keys()]))];
  const rows = faults.map((fault) => [fault, ...columns.map(({ cells }) => cells.get(fault) ?? "-")]);
  const differing = rows.filter(([, ...cells]) => new Set(cells).size > 1);
  const head = ["fault", ...columns.map(({ name }) => name)];
  process.stdout.write(
    [
      paint(
        "bold",
        "Sites by role; reads/writes of each role's clients, recovery, data lost at worst, [what is not kept]",
      ),
      differing.length > 0 ? table(head, differing) : "No fault is answered differently.",
      `${rows.length - differing.length} further faults have the same outcome in all.`,
      table(["", ...columns.map(({ name }) => name)], [["not kept", ...columns.map(({ summary }) => summary)]]),
    ].join("\n\n") + "\n",
  );
  return exitCodes.kept;
}

function cellOf(row: FailureRow, system: System): string {
  const roles = roleNames(system);
  const levels = row.sites.map(({ site, reads, writes }) => `${roles.get(site) ?? site} ${reads}/${writes}`).sort();
  return `${levels.join(", ")}; ${row.recovery}; lost ${row.dataLoss}${row.broken.length > 0 ? ` [${row.broken.join(" ")}]` : ""}`;
}
