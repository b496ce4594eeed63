import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { topologiesNamed } from "../../planner/plan.ts";
import { drillTable } from "../result/markdown.ts";
import { readDrills } from "../result/read.ts";
import { plannedDrills } from "./index.ts";

const PROJECT = join(__dirname, "..", "..");
const README = join(PROJECT, "README.md");
const BEGIN = "<!-- npm run docs:drills -->\n<!-- prettier-ignore-start -->";
const END = "<!-- prettier-ignore-end -->";

/**
 * The README with the table of the last drills of its first topology, as `docs/drills` holds them.
 *
 * @throws where the README has no place for it
 */
export function readmeWithDrills(readme = readFileSync(README, "utf8"), project = PROJECT): string {
  const [topology] = topologiesNamed([]);
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (topology === undefined || begin < 0 || end < begin) throw new Error("README.md has no place for the drills");
  const siteOf = (role: string): string => topology.sites.find((site) => site.role === role)?.name ?? "";
  const planned = plannedDrills({ primary: siteOf("primary"), standby: siteOf("standby") });
  const table = drillTable(planned, readDrills(project, topology.name));
  return `${readme.slice(0, begin)}${BEGIN}\n\n${table}\n\n${readme.slice(end)}`;
}

if (require.main === module) writeFileSync(README, readmeWithDrills());
