import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { HANG_PROBE, clusterAnnotations, hangQuestion } from "../../components/pg-hang-probe.ts";
import { known } from "../../resilience/fact.ts";
import { failing } from "../../resilience/observe/probes.ts";
import { Field } from "../../resilience/observe/field.ts";
import { contextOf } from "./site-fixture.ts";

/** What `pg_isready` ends with (PostgreSQL 17, its manual page). */
const ANSWER = { accepts: 0, rejects: 1, silent: 2 } as const;

describe("components/pg-hang-probe", () => {
  let folder = "";
  let manager: Server;
  let answers = true;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "holdfast-hang-"));
    copyFileSync("/bin/sleep", join(folder, "postgres"));
    manager = createServer((socket) => {
      socket.on("error", () => undefined).resume();
      if (answers) socket.end("HTTP/1.0 404 Not Found\r\n\r\n");
    });
    await once(manager.listen(0, "localhost"), "listening");
  });
  after(() => {
    manager.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    answers = true;
    rmSync(join(folder, "postmaster.pid"), { force: true });
  });

  /** Exit code of the probe, in a container whose PostgreSQL gives this answer. */
  async function ask(answer: number, port = (manager.address() as AddressInfo).port): Promise<number> {
    writeFileSync(join(folder, "pg_isready"), `#!/bin/sh\nexit ${answer}\n`, { mode: 0o755 });
    const env = { PATH: `${folder}:/usr/bin:/bin`, PGDATA: folder };
    const child = spawn("bash", ["-c", hangQuestion(port)], { env, stdio: "ignore" });
    const [code] = (await once(child, "exit")) as [number];
    return code;
  }

  /** Asks while a process of this name is the postmaster that the data folder tells of. */
  async function askBeside(name: "postgres" | "sleep", answer: number): Promise<number> {
    const postmaster = spawn(name === "postgres" ? join(folder, name) : name, ["60"], { stdio: "ignore" });
    await once(postmaster, "spawn");
    writeFileSync(join(folder, "postmaster.pid"), `${postmaster.pid}\n/data\n`);
    try {
      return await ask(answer);
    } finally {
      postmaster.kill("SIGKILL");
    }
  }

  it("passes while PostgreSQL answers, also that it starts, recovers or stops", async () => {
    expect(await askBeside("postgres", ANSWER.accepts)).to.equal(0);
    expect(await askBeside("postgres", ANSWER.rejects)).to.equal(0);
  });

  it("fails when a postmaster runs and is silent", async () => {
    expect(await askBeside("postgres", ANSWER.silent)).to.not.equal(0);
  });

  it("passes while the manager runs no server: fenced, between two starts, in single-user mode", async () => {
    expect(await ask(ANSWER.silent)).to.equal(0);
    expect(await askBeside("sleep", ANSWER.silent), "a number that was given anew").to.equal(0);
    writeFileSync(join(folder, "postmaster.pid"), `-${process.pid}\n`);
    expect(await ask(ANSWER.silent)).to.equal(0);
  });

  it("fails when the instance manager is gone or silent, as the probe in whose place it stands", async () => {
    expect(await ask(ANSWER.accepts, 1)).to.not.equal(0);
    answers = false;
    expect(await ask(ANSWER.accepts)).to.not.equal(0);
  }).timeout(10_000);

  it("waits for all answers within its own time-out, and asks more than once", () => {
    const waits = [...hangQuestion().matchAll(/-t (\d+)/g)].map(([, wait]) => Number(wait));
    expect(waits).to.have.lengthOf(2);
    expect(waits.reduce((sum, wait) => sum + wait)).to.be.below(HANG_PROBE.timeoutSeconds);
    expect(HANG_PROBE.failureThreshold).to.be.above(2);
    expect(failing(new Field("urn", "", HANG_PROBE))).to.deep.include(known(30, { urn: "urn", path: "" }));
  });

  it("stands where the site has one instance; several keep the operator's probe, which stops a primary that is cut off", () => {
    expect(clusterAnnotations(contextOf("aachen", { servers: 2 }))).to.deep.equal({});
    // It has one now, and has two when it is made the primary.
    expect(clusterAnnotations(contextOf("titan", { servers: 2 }))).to.deep.equal({});
    const patch: unknown = JSON.parse(clusterAnnotations(contextOf("aachen")).annotations?.["cnpg.io/podPatch"] ?? "");
    expect(patch).to.deep.equal([
      { op: "test", path: "/spec/containers/0/name", value: "postgres" },
      { op: "replace", path: "/spec/containers/0/livenessProbe", value: HANG_PROBE },
    ]);
  });
});
