import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const USER = "postgres";
const PASSWORD = "throwaway";

/** A primary and its streaming standby, and the platform's `core` before each, run by the Node that images have. */
export class PostgresPair {
  readonly #folder = mkdtempSync(join(tmpdir(), "holdfast-pair-"));
  readonly #bin: string;
  readonly #uid = Number(execFileSync("id", ["-u", USER], { encoding: "utf8" }));
  readonly #gid = Number(execFileSync("id", ["-g", USER], { encoding: "utf8" }));
  readonly #services: ChildProcess[] = [];
  readonly #base: number;

  /** @param base first of four ports: primary, standby, and the services before them */
  constructor(base: number) {
    this.#base = base;
    const versions = "/usr/lib/postgresql";
    this.#bin = join(versions, readdirSync(versions).sort().at(-1) ?? "", "bin");
    chownSync(this.#folder, this.#uid, this.#gid);
  }

  get services(): readonly [number, number] {
    return [this.#base + 2, this.#base + 3];
  }

  async start(): Promise<void> {
    const secret = join(this.#folder, "password");
    writeFileSync(secret, PASSWORD);
    chmodSync(secret, 0o644);
    this.#run(
      "initdb",
      "-D",
      this.#data("aachen"),
      "-U",
      "app",
      `--pwfile=${secret}`,
      "-A",
      "scram-sha-256",
      "--locale=C.UTF-8",
    );
    appendFileSync(join(this.#data("aachen"), "pg_hba.conf"), "host replication all 127.0.0.1/32 scram-sha-256\n");
    this.#configure("aachen", this.#base);
    this.#control("aachen", "start");
    this.sql("aachen", "create database platform", "postgres");
    const source = ["-h", "127.0.0.1", "-p", String(this.#base), "-U", "app"];
    this.#run("pg_basebackup", "-D", this.#data("titan"), ...source, "-R", "-c", "fast");
    this.#configure("titan", this.#base + 1);
    this.#control("titan", "start");
    const [first, second] = this.services;
    this.#serve(first, this.#base);
    this.#serve(second, this.#base + 1);
    for (const port of this.services) {
      for (let look = 0; ; look++) {
        if (
          await fetch(`http://127.0.0.1:${port}/healthcheck`).then(
            (answer) => answer.ok,
            () => false,
          )
        )
          break;
        if (look > 200) throw new Error(`core on port ${port} does not answer`);
        await sleep(50);
      }
    }
  }

  /** One value, as text. */
  sql(site: "aachen" | "titan", text: string, database = "platform"): string {
    const port = String(site === "aachen" ? this.#base : this.#base + 1);
    const words = ["-h", "127.0.0.1", "-p", port, "-U", "app", "-d", database, "-Atc", text];
    return this.#run("psql", ...words).trim();
  }

  /** As a power loss does: the postmaster and all its children at once. */
  killPrimary(): void {
    const [postmaster] = readFileSync(join(this.#data("aachen"), "postmaster.pid"), "utf8").split("\n");
    const children = execFileSync("ps", ["-o", "pid=", "--ppid", postmaster ?? ""], { encoding: "utf8" });
    for (const pid of [postmaster ?? "", ...children.trim().split(/\s+/)]) process.kill(Number(pid), "SIGKILL");
  }

  startPrimary(): void {
    this.#control("aachen", "start");
  }

  promote(): void {
    this.#control("titan", "promote");
  }

  stop(): void {
    for (const service of this.#services) service.kill("SIGKILL");
    for (const site of ["titan", "aachen"]) {
      try {
        this.#run("pg_ctl", "-D", this.#data(site), "-m", "immediate", "stop");
      } catch {
        // It was not running.
      }
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #data(site: string): string {
    return join(this.#folder, site);
  }

  #configure(site: string, port: number): void {
    const lines = [`port = ${port}`, `cluster_name = 'pg-${site}'`, `unix_socket_directories = '${this.#folder}'`];
    appendFileSync(join(this.#data(site), "postgresql.conf"), `${lines.join("\n")}\nlisten_addresses = '127.0.0.1'\n`);
  }

  #control(site: string, verb: "start" | "promote"): void {
    this.#run("pg_ctl", "-D", this.#data(site), "-l", join(this.#folder, `${site}.log`), "-w", verb);
  }

  #run(program: string, ...words: readonly string[]): string {
    const options = {
      uid: this.#uid,
      gid: this.#gid,
      cwd: this.#folder,
      env: { ...process.env, PGPASSWORD: PASSWORD },
    };
    const output = join(this.#folder, `${program}.out`);
    // A server that pg_ctl leaves behind would keep a pipe open for ever.
    const command = [
      "-c",
      'out=$1; shift; exec "$@" >"$out" 2>&1 </dev/null',
      "sh",
      output,
      join(this.#bin, program),
      ...words,
    ];
    try {
      execFileSync("sh", command, { ...options, stdio: "ignore" });
    } catch (error) {
      throw new Error(`${program}: ${readFileSync(output, "utf8")}`, { cause: error });
    }
    return readFileSync(output, "utf8");
  }

  #serve(port: number, database: number): void {
    const env = {
      ...process.env,
      PORT: String(port),
      PGHOST: "127.0.0.1",
      PGPORT: String(database),
      PGDATABASE: "platform",
      PGUSER: "app",
      PGPASSWORD: PASSWORD,
      PGSSLMODE: "disable",
      MEDIA_FOLDER: join(this.#folder, `media-${port}`),
    };
    const node = join(process.cwd(), "node_modules/node/bin/node");
    this.#services.push(spawn(node, [join(process.cwd(), "lab/platform/main.ts"), "core"], { env, stdio: "ignore" }));
  }
}
