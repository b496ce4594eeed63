/** A program compiled from Go modules. */
export interface GoTool {
  readonly kind: "go";
  readonly name: string;
  readonly version: string;
  /** Folder under `recipes/` with the go.mod that pins every module. */
  readonly recipe: string;
  /**
   * The module (`path@version`) whose go.sum vouches for the recipe's modules. Needed where the checksum database
   * does not know them all; the module itself is still checked against that database.
   */
  readonly sumsOf?: string;
  /**
   * A module (`path@version`) whose source is laid into the recipe's folder `source`, and changed there by the recipe's
   * edits.json: a module that does not compile against what can be had.
   */
  readonly source?: string;
  /** Import path of each program's main package, by the program's name. */
  readonly mains: Readonly<Record<string, string>>;
  /** Variables set by the linker, in full (`import/path.name=value`). */
  readonly linkerVariables: readonly string[];
}

/** A program packed in a Python wheel. */
export interface WheelTool {
  readonly kind: "wheel";
  readonly name: string;
  readonly version: string;
  /** The package on PyPI and its version (which need not be the program's). */
  readonly wheel: string;
  readonly wheelVersion: string;
  /** Path of each program inside the wheel, by the program's name. */
  readonly members: Readonly<Record<string, string>>;
}

/** A program of the distribution: found, not built, so that its library dependencies are the distribution's matter. */
export interface SystemTool {
  readonly kind: "system";
  readonly name: string;
  readonly version: string;
  readonly programs: readonly string[];
  /** Where the programs lie, if not where `findProgram` looks. */
  readonly folder?: string;
  readonly packages: readonly string[];
}

/** Custom resource definitions, or other objects, read out of the module of the operator that serves them. */
export interface DefinitionsTool {
  readonly kind: "definitions";
  readonly name: string;
  readonly version: string;
  readonly module: string;
  /** Folder of the module in which the definitions lie. */
  readonly folder: string;
  /** Only the files that it accepts are definitions. */
  readonly files: RegExp;
  /** Whether the files are taken as they are: several objects each, labels included. */
  readonly verbatim?: true;
}

export type Tool = GoTool | WheelTool | SystemTool | DefinitionsTool;

/** Where a tool's files are, by name: a program's path, or a definition file's path. */
export type ToolPaths = Readonly<Record<string, string>>;

/** Why a tool cannot be had, and what the person at the keyboard can do about it. */
export class ToolError extends Error {
  constructor(tool: string, problem: string, fix: string) {
    super(`${tool}: ${problem}\n  fix: ${fix}`);
    this.name = "ToolError";
  }
}
