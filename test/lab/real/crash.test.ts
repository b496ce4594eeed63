import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect } from "chai";
import { cleanUp } from "../../../lab/network/run.ts";
import { eventually } from "../../../lab/network/wait.ts";
import { leftovers, report } from "./support.ts";

const limit = "/proc/sys/fs/inotify/max_user_instances";

describe("a run whose driver is killed", () => {
  it("ends at once with everything that ran, and the rest is cleaned up by a call", async () => {
    const limitBefore = readFileSync(limit, "utf8");
    const words = ["--import", "tsx", resolve(__dirname, "crashing-driver.ts")];
    const driver = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
    let printed = "";
    driver.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
    const signal = await new Promise((settle) => driver.on("exit", (_, name) => settle(name)));
    expect(signal).to.equal("SIGKILL");
    const namespaces = new Set(JSON.parse(printed) as string[]);
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
});
