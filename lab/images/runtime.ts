import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../binaries/command.ts";
import { ensureTools } from "../binaries/ensure.ts";
import type { Report } from "./layers.ts";

/** The namespace in which the kubelet's images are. */
const namespace = "k8s.io";
const startSeconds = 30;

/** The words before a command of `ctr`. */
export type Ctr = readonly [string, ...string[]];

/**
 * Runs a containerd of its own over a folder of images, in mount and network namespaces of its own, as long as `work`
 * takes.
 */
export async function withRuntime(root: string, report: Report, work: (ctr: Ctr) => Promise<void>): Promise<void> {
  const { containers } = await ensureTools(["containers"], report);
  const folder = mkdtempSync(join(tmpdir(), "holdfast-runtime-"));
  const address = join(folder, "containerd.sock");
  const config = join(folder, "config.toml");
  const settings = [
    "version = 2",
    `root = "${root}"`,
    `state = "${join(folder, "state")}"`,
    'disabled_plugins = ["io.containerd.grpc.v1.cri"]',
    `[grpc]\naddress = "${address}"\n`,
  ];
  writeFileSync(config, settings.join("\n"));
  const words = ["--mount", "--net", "--propagation", "private", containers["containerd"] ?? "containerd"];
  const server = spawn("unshare", [...words, "--config", config], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => server.on("close", () => resolve()).on("error", () => resolve()));
  const stop = (): void => void server.kill("SIGKILL");
  process.once("exit", stop);
  try {
    const ctr: Ctr = [containers["ctr"] ?? "ctr", "--address", address, "--namespace", namespace];
    await answering(ctr, server);
    await work(ctr);
    server.kill("SIGTERM");
    await ended;
  } finally {
    stop();
    await ended;
    process.removeListener("exit", stop);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function answering([ctr, ...args]: Ctr, server: { readonly exitCode: number | null }): Promise<void> {
  for (const deadline = Date.now() + startSeconds * 1000; ;) {
    if ((await run(ctr, [...args, "version"])).code === 0) return;
    if (server.exitCode !== null || Date.now() > deadline)
      throw new Error(
        `a containerd for images did not answer within ${startSeconds} s\n  fix: see whether another one holds its folder`,
      );
    await sleep(100);
  }
}
