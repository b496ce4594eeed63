import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { ensureEntry, entryName } from "./cache.ts";
import { findProgram, run } from "./command.ts";
import { applyEdits, copyModule } from "./edits.ts";
import { ToolError } from "./tool.ts";
import type { DefinitionsTool, GoTool, ToolPaths } from "./tool.ts";

/** The oldest Go that the recipes' go.mod files accept. */
const oldestGo = { major: 1, minor: 26 };

const environment = { GOFLAGS: "-mod=mod -buildvcs=false", GOTOOLCHAIN: "local", GOWORK: "off", CGO_ENABLED: "0" };

async function goProgram(tool: string): Promise<string> {
  const fix = `install Go ${oldestGo.major}.${oldestGo.minor} or newer (https://go.dev/dl) and put it on PATH`;
  const go = findProgram("go");
  if (go === undefined) throw new ToolError(tool, "the Go tool chain that compiles it is missing", fix);
  const { stdout } = await run(go, ["env", "GOVERSION"], { env: environment });
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(stdout) ?? [];
  const isOld = Number(major) < oldestGo.major || (Number(major) === oldestGo.major && Number(minor) < oldestGo.minor);
  if (major === undefined || isOld) throw new ToolError(tool, `${go} is ${stdout.trim() || "no Go"}, too old`, fix);
  return go;
}

/** Downloads a module (`path@version`) and returns the folder that it lies in, which is read-only. */
async function moduleFolder(go: string, tool: string, module: string): Promise<string> {
  const fetched = await run(go, ["mod", "download", "-json", module], { cwd: tmpdir(), env: environment });
  const answer = JSON.parse(fetched.stdout || "{}") as { Dir?: string; Error?: string };
  if (answer.Dir !== undefined) return answer.Dir;
  const why = answer.Error ?? fetched.stderr.trim();
  throw new ToolError(tool, `${module}: ${why}`, "check that the Go module proxy (go env GOPROXY) can be reached");
}

/** Compiles a Go tool, or finds it compiled. */
export async function ensureGoTool(tool: GoTool, report: (line: string) => void): Promise<ToolPaths> {
  const recipe = join(__dirname, "recipes", tool.recipe);
  const sources = readdirSync(recipe, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => readFileSync(join(file.parentPath, file.name), "utf8"))
    .sort();
  const ingredients = [JSON.stringify(tool), process.arch, ...sources];
  const folder = await ensureEntry(entryName(tool.name, tool.version, ingredients), async (draft) => {
    const go = await goProgram(tool.name);
    report(`compiling ${tool.name} ${tool.version} (minutes, once)`);
    const work = join(draft, "work");
    cpSync(recipe, work, { recursive: true });
    if (tool.sumsOf !== undefined) {
      const sums = join(await moduleFolder(go, tool.name, tool.sumsOf), "go.sum");
      writeFileSync(join(work, "go.sum"), readFileSync(sums));
    }
    if (tool.source !== undefined) {
      const source = join(work, "source");
      copyModule(await moduleFolder(go, tool.name, tool.source), source);
      applyEdits(tool.name, source, join(work, "edits.json"));
    }
    const linker = ["-s", "-w", ...tool.linkerVariables.flatMap((variable) => ["-X", variable])].join(" ");
    for (const [program, main] of Object.entries(tool.mains)) {
      let downloads = 0;
      const onErrorLine = (line: string): void => {
        if (line.startsWith("go: downloading") && ++downloads % 50 === 0) report(`  ${downloads} modules downloaded`);
      };
      const args = ["build", "-trimpath", "-ldflags", linker, "-o", join(draft, program), main];
      const built = await run(go, args, { cwd: work, env: environment, onErrorLine });
      if (built.code !== 0) {
        const last = built.stderr.split("\n").filter((line) => line !== "" && !line.startsWith("go: downloading"));
        throw new ToolError(
          tool.name,
          `go build ${main} failed:\n    ${last.slice(-15).join("\n    ")}`,
          "check that the Go module proxy (go env GOPROXY) can be reached and that the disk has 8 GB free",
        );
      }
    }
    rmSync(work, { recursive: true });
  });
  return Object.fromEntries(Object.keys(tool.mains).map((program) => [program, join(folder, program)]));
}

/** Copies definitions out of their module, or finds them copied. Each file's name is its key. */
export async function ensureDefinitions(tool: DefinitionsTool, report: (line: string) => void): Promise<ToolPaths> {
  const entry = entryName(tool.name, tool.version, [JSON.stringify(tool), tool.files.source]);
  const folder = await ensureEntry(entry, async (draft) => {
    const go = await goProgram(tool.name);
    report(`fetching ${tool.name} ${tool.version}`);
    const module = `${tool.module}@v${tool.version}`;
    const source = join(await moduleFolder(go, tool.name, module), tool.folder);
    const names = readdirSync(source).filter((name) => tool.files.test(name));
    if (names.length === 0)
      throw new ToolError(tool.name, `${module} has no definition in ${tool.folder}`, "mend the row in tools.ts");
    for (const name of names) {
      const text = readFileSync(join(source, name), "utf8");
      writeFileSync(join(draft, name), tool.verbatim ? text : plainDefinition(text));
    }
  });
  return Object.fromEntries(readdirSync(folder).map((name) => [name, join(folder, name)]));
}

/** A definition without its labels, which are Helm templates in some modules, and no API server takes those. */
function plainDefinition(text: string): string {
  const definition = parse(text) as { metadata: { labels?: unknown } };
  delete definition.metadata.labels;
  return stringify(definition);
}
