import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "chai";
import { cleanUp } from "../../../lab/network/run.ts";
import { eventually } from "../../../lab/network/wait.ts";
import { leftovers, report } from "./support.ts";

const limit = "/proc/sys/fs/inotify/max_user_instances";

/** Lets a driver bring up a site, and ends the driver by a signal; how it ended, and the namespaces that it used. */
async function endDriver(how: NodeJS.Signals): Promise<{ readonly end: string; readonly namespaces: Set<string> }> {
  const words = ["--import", "tsx", resolve(__dirname, "crashing-driver.ts")];
  const driver = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<string>((settle) => driver.on("exit", (code, name) => settle(name ?? `code ${code}`)));
  let namespaces = new Set<string>();
  for await (const line of createInterface({ input: driver.stdout })) {
    namespaces = new Set(JSON.parse(line) as string[]);
    expect(leftovers(namespaces).filter((one) => one.startsWith("process"))).not.to.deep.equal([]);
    driver.kill(how);
  }
  return { end: await ended, namespaces };
}

describe("a run whose driver is ended", () => {
  const limitBefore = readFileSync(limit, "utf8");

  it("by force, ends at once with everything that ran, and the rest is cleaned up by a call", async () => {
    const { end, namespaces } = await endDriver("SIGKILL");
    expect(end).to.equal("SIGKILL");
    expect(namespaces.size).to.be.above(6);
    const passive = (): readonly string[] => leftovers(namespaces).filter((line) => !line.startsWith("control group"));
    await eventually("processes, mounts and loop devices are gone", () => passive().length === 0, 10_000);
    expect(leftovers(namespaces)).not.to.deep.equal([]);
    await cleanUp(report);
    expect(leftovers(namespaces)).to.deep.equal([]);
    expect(readFileSync(limit, "utf8")).to.equal(limitBefore);
    // There is nothing more to do, and that is no error.
    await cleanUp(report);
  });

  it("by Ctrl-C, leaves nothing to clean up", async () => {
    const { end, namespaces } = await endDriver("SIGINT");
    expect(end).to.equal("code 130");
    expect(leftovers(namespaces)).to.deep.equal([]);
    expect(readFileSync(limit, "utf8")).to.equal(limitBefore);
  });
});
