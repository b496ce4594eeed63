import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** A service of the platform, by the name of its Deployment. */
export const platformServices = ["core", "events", "alastair", "frontend"] as const;
export type PlatformService = (typeof platformServices)[number];

const DRIVERS: Readonly<Record<PlatformService, readonly string[]>> = {
  core: ["pg"],
  events: ["pg"],
  alastair: ["mongodb"],
  frontend: [],
};

/** What an image of a service holds besides Node 22, which runs the sources as they are. */
export interface ServiceContents {
  /** Path in the image → path of the file or, for a package, the folder to copy whole. */
  readonly copies: ReadonlyMap<string, string>;
  /** Text files to be written: path in the image → content. */
  readonly texts: ReadonlyMap<string, string>;
  readonly workingFolder: string;
  readonly command: readonly string[];
}

const HERE = "lab/platform";
const IN_IMAGE = "/usr/app/platform";

/** @param root the project's folder, where `node_modules` lies */
export function serviceContents(service: PlatformService, root: string): ServiceContents {
  const sources = readdirSync(join(root, HERE))
    .filter((name) => name.endsWith(".ts") && name !== "contents.ts")
    .map((name) => [`${IN_IMAGE}/${name}`, join(root, HERE, name)] as const);
  const packages = [...packageFolders(DRIVERS[service], root)].map(
    (folder) => [`${IN_IMAGE}/${relative(root, folder)}`, folder] as const,
  );
  return {
    copies: new Map([...sources, ...packages]),
    texts: new Map([[`${IN_IMAGE}/package.json`, `${JSON.stringify({ private: true, type: "module" })}\n`]]),
    workingFolder: IN_IMAGE,
    command: ["node", `${IN_IMAGE}/main.ts`, service],
  };
}

/** The packages and all that they need, found as Node finds them. */
function packageFolders(names: readonly string[], root: string): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (name: string, from: string): void => {
    const folder = locate(name, from, root);
    if (folder === undefined) throw new Error(`${name}, needed in ${from}, is not installed: npm ci`);
    if (found.has(folder)) return;
    found.add(folder);
    const { dependencies = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
      readonly dependencies?: Readonly<Record<string, string>>;
    };
    for (const dependency of Object.keys(dependencies)) visit(dependency, folder);
  };
  for (const name of names) visit(name, root);
  return found;
}

function locate(name: string, from: string, root: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return candidate;
    if (folder === root || folder === dirname(folder)) return undefined;
  }
}
