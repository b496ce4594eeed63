import type { Tool } from "../tool.ts";

/** What the lab's machines and the line between them are made of: our own programs, and the distribution's. */
export const machineRows = [
  {
    kind: "go",
    name: "machine",
    version: "1",
    recipe: "machine",
    mains: { line: "./line", init: "./init", "fail-filesystem": "./fail-filesystem" },
    linkerVariables: [],
  },
  {
    kind: "system",
    name: "machine-parts",
    version: "Debian's",
    programs: ["chrt", "mkfs.ext4", "mount", "setpriv", "tc"],
    packages: ["e2fsprogs", "iproute2", "mount", "util-linux"],
  },
] as const satisfies readonly Tool[];
