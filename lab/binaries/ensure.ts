import { findProgram } from "./command.ts";
import { ensureDefinitions, ensureGoTool } from "./go.ts";
import { ToolError } from "./tool.ts";
import type { SystemTool, Tool, ToolPaths } from "./tool.ts";
import { tools } from "./tools.ts";
import type { ToolName } from "./tools.ts";
import { ensureWheelTool } from "./wheel.ts";

function findSystemTool(tool: SystemTool): ToolPaths {
  const found = tool.programs.map((program) => [program, findProgram(program, tool.folder)] as const);
  const missing = found.filter(([, path]) => path === undefined).map(([program]) => program);
  if (missing.length > 0) {
    const fix = `on Debian: apt-get install ${tool.packages.join(" ")}`;
    throw new ToolError(tool.name, `not installed: ${missing.join(", ")}`, fix);
  }
  return Object.fromEntries(found.flatMap(([program, path]) => (path === undefined ? [] : [[program, path]])));
}

function ensureTool(tool: Tool, report: (line: string) => void): Promise<ToolPaths> {
  switch (tool.kind) {
    case "go":
      return ensureGoTool(tool, report);
    case "wheel":
      return ensureWheelTool(tool, report);
    case "definitions":
      return ensureDefinitions(tool, report);
    case "system":
      return Promise.resolve(findSystemTool(tool));
    default: {
      const never: never = tool;
      return never;
    }
  }
}

/**
 * Builds or finds the named tools (all of them, without names), one after the other: a compiler fills the machine.
 * Tools of the distribution are looked for first, so that a missing one is told before minutes of compiling.
 * @param report is told what takes time.
 * @throws one error that names every tool which cannot be had, and how to get it.
 */
export async function ensureTools<Name extends ToolName>(
  names: readonly Name[],
  report: (line: string) => void = () => undefined,
): Promise<Record<Name, ToolPaths>> {
  const wanted = tools
    .filter(({ name }) => (names as readonly string[]).includes(name))
    .sort((a, b) => Number(b.kind === "system") - Number(a.kind === "system"));
  const found: [string, ToolPaths][] = [];
  const problems: ToolError[] = [];
  for (const tool of wanted) {
    if (problems.length > 0 && tool.kind !== "system") break;
    try {
      found.push([tool.name, await ensureTool(tool, report)]);
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      problems.push(error);
    }
  }
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join("\n"));
  return Object.fromEntries(found) as Record<Name, ToolPaths>;
}
