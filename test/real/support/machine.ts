import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findProgram, run } from "../../../lab/binaries/command.ts";

/** A variable that the launcher sets; without it the tests would run on the bare machine. */
export function fromLauncher(variable: "HOLDFAST_PLAN" | "HOLDFAST_SCRATCH"): string {
  const value = process.env[variable];
  if (value === undefined) throw new Error("these tests need namespaces of their own: start them by npm run test:real");
  return value;
}

/** A new folder, removed when the run ends. */
export const scratchFolder = (name: string): string => mkdtempSync(join(fromLauncher("HOLDFAST_SCRATCH"), `${name}-`));

/** Runs a program to its end and returns what it printed. */
export async function must(program: string, ...args: readonly string[]): Promise<string> {
  const path = findProgram(program);
  if (path === undefined) throw new Error(`${program} is missing`);
  const { code, stdout, stderr } = await run(path, args);
  if (code !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr.trim() || stdout.trim()}`);
  return stdout;
}

/** Gives this machine an address. It is outside 127.0.0.0/8, which an API server refuses as an endpoint. */
export const addAddress = (address: string): Promise<string> =>
  must("ip", "address", "add", `${address}/32`, "dev", "lo");

/** Makes packets to an address vanish, as those to a dead machine do. */
export async function addBlackHole(address: string): Promise<void> {
  await must("ip", "link", "add", "dark", "type", "veth", "peer", "name", "darker");
  for (const device of ["dark", "darker"]) await must("ip", "link", "set", device, "up");
  await must("ip", "route", "add", `${address}/32`, "dev", "dark");
  // Nobody has this hardware address: the frames are sent, and no one takes them.
  await must("ip", "neighbour", "add", address, "lladdr", "02:00:00:00:00:01", "dev", "dark", "nud", "permanent");
}

const hostsFile = (): string => join(fromLauncher("HOLDFAST_SCRATCH"), "hosts");

/** Makes names resolve to an address and to no other, for every program that the tests start. */
export function addHosts(address: string, names: readonly string[]): void {
  const others = readFileSync(hostsFile(), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.split(" ").some((word) => names.includes(word)));
  writeFileSync(hostsFile(), `${[...others, `${address} ${names.join(" ")}`].join("\n")}\n`);
}

/** Prepares the namespaces: loopback up, a hosts file and a folder of network namespaces that nobody else sees. */
async function prepare(): Promise<void> {
  await must("ip", "link", "set", "lo", "up");
  writeFileSync(hostsFile(), "127.0.0.1 localhost\n");
  await must("mount", "--bind", hostsFile(), "/etc/hosts");
  mkdirSync("/run/netns", { recursive: true });
  await must("mount", "-t", "tmpfs", "tmpfs", "/run/netns");
}

export const mochaHooks = { beforeAll: prepare };
