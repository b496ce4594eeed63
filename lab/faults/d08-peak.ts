import { crashPostgres } from "./d04-database.ts";
import type { Drill, SiteNames } from "./drill.ts";

/** How many times the usual load: what two cores carry beside two clusters. Each run tells what was asked and carried. */
const TIMES = 2;

/** D8: PostgreSQL's primary is killed while as many requests come as this machine carries. */
export const peakDrill = ({ primary }: SiteNames): Drill => ({
  id: "D8",
  title: "PostgreSQL's primary killed under peak load",
  fault: `process:postgres@${primary}`,
  hold: "recovery",
  load: TIMES,
  cause: crashPostgres,
});
