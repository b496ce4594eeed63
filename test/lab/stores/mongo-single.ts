import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MongoClient } from "mongodb";
import { ensureTools } from "../../../lab/binaries/ensure.ts";

const PASSWORD = "throw/away";
/** As the manifests set it. */
const OPTIONS = "readPreference=nearest&w=1&journal=true&heartbeatFrequencyMS=2000&connectTimeoutMS=2000";

/** A replica set of one real mongod, and `alastair` before it, run by the Node that images have. */
export class MongoSingle {
  readonly #folder = mkdtempSync(join(tmpdir(), "holdfast-mongo-"));
  readonly #port: number;
  #program = "mongod";
  #mongod: ChildProcess | undefined;
  #service: ChildProcess | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  get service(): number {
    return this.#port + 1;
  }

  async start(): Promise<void> {
    const { mongod } = await ensureTools(["mongod"]);
    this.#program = mongod["mongod"] ?? this.#program;
    mkdirSync(join(this.#folder, "db"));
    this.startServer();
    const client = new MongoClient(`mongodb://127.0.0.1:${this.#port}/?directConnection=true`);
    const admin = client.db("admin");
    const config = { _id: "platform", members: [{ _id: 0, host: `127.0.0.1:${this.#port}` }] };
    await admin.command({ replSetInitiate: config });
    while (!(await admin.command({ hello: 1 }))["isWritablePrimary"]) await sleep(100);
    const roles = [{ role: "readWrite", db: "platform" }];
    await client.db("platform").command({ createUser: "app", pwd: PASSWORD, roles });
    await client.close();
    const env = {
      ...process.env,
      PORT: String(this.service),
      MONGO_HOSTS: `127.0.0.1:${this.#port}`,
      MONGO_REPLICA_SET: "platform",
      MONGO_DATABASE: "platform",
      MONGO_USER: "app",
      MONGO_PASSWORD: PASSWORD,
      MONGO_OPTIONS: OPTIONS,
    };
    const node = join(process.cwd(), "node_modules/node/bin/node");
    this.#service = spawn(node, [join(process.cwd(), "lab/platform/main.ts"), "alastair"], { env, stdio: "ignore" });
    const ready = (): Promise<boolean> =>
      fetch(`http://127.0.0.1:${this.service}/newest`).then(
        (answer) => answer.ok,
        () => false,
      );
    for (let look = 0; !(await ready()); look++) {
      if (look > 200) throw new Error("alastair does not answer");
      await sleep(100);
    }
  }

  startServer(): void {
    const frugal = ["--oplogSize", "50", "--wiredTigerCacheSizeGB", "0.25", "--nounixsocket"];
    const words = ["--replSet", "platform", "--dbpath", join(this.#folder, "db"), "--port", String(this.#port)];
    this.#mongod = spawn(this.#program, [...words, "--bind_ip", "127.0.0.1", ...frugal], { stdio: "ignore" });
  }

  async signal(signal: "SIGKILL" | "SIGSTOP" | "SIGCONT"): Promise<void> {
    const mongod = this.#mongod;
    mongod?.kill(signal);
    if (signal === "SIGKILL" && mongod?.exitCode === null) await once(mongod, "exit");
  }

  stop(): void {
    this.#service?.kill("SIGKILL");
    this.#mongod?.kill("SIGKILL");
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
