#!/usr/bin/env node
"use strict";
const { spawn } = require("node:child_process");
const { existsSync } = require("node:fs");
const { constants } = require("node:os");
const { join } = require("node:path");
const { pathToFileURL } = require("node:url");

/** The Node.js that the project is developed with; npm installs it beside the other packages. */
const WANTED_MAJOR = 22;
const root = join(__dirname, "..");
const own = join(root, "node_modules", "node", "bin", "node");
const old = Number(process.versions.node.split(".")[0]) < WANTED_MAJOR;
const node = old && existsSync(own) ? own : process.execPath;

if (!existsSync(join(root, "node_modules", "tsx"))) {
  process.stderr.write(`Holdfast's packages are not installed.\n    fix:    cd ${root} && npm ci\n`);
  process.exit(2);
}
const tsx = pathToFileURL(require.resolve("tsx")).href;
const cli = join(root, "planner", "cli.ts");
const child = spawn(node, ["--import", tsx, cli, ...process.argv.slice(2)], { stdio: "inherit" });

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  process.stderr.write(`holdfast could not start ${node}: ${error.message}\n`);
  process.exitCode = 3;
});
child.on("exit", (code, signal) => {
  process.exitCode = signal ? 128 + constants.signals[signal] : code;
});
