import { definitionRows } from "./rows/definitions.ts";
import { kubernetesRows } from "./rows/kubernetes.ts";
import { machineRows } from "./rows/machine.ts";
import { programRows } from "./rows/programs.ts";
import { systemRows } from "./rows/system.ts";
import type { Tool } from "./tool.ts";

/** Every real program that a test or the lab runs, at the version it runs. To add a program, add a row. */
const table = [...kubernetesRows, ...machineRows, ...programRows, ...systemRows, ...definitionRows] as const;

/** The name of a row. */
export type ToolName = (typeof table)[number]["name"];

/** The rows, as data. */
export const tools: readonly (Tool & { readonly name: ToolName })[] = table;
