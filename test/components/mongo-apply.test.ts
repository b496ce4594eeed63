import { expect } from "chai";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { configData } from "../../components/mongo-apply-job.ts";
import { mongoHost } from "../../components/connections.ts";
import { allAzure } from "../../topologies/all-azure.ts";
import { contextOf } from "./site-fixture.ts";

type Answer = (command: Readonly<Record<string, unknown>>) => unknown;

const context = contextOf("azure", { topology: allAzure });
const host = (index: number): string => mongoHost(`mongo-azure-${index}`);

describe("components/mongo-apply", () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-mongo-apply-"));
  before(() => {
    for (const [name, text] of Object.entries(configData(context))) writeFileSync(join(folder, name), text);
    writeFileSync(join(folder, "key"), "key");
  });
  after(() => rmSync(folder, { recursive: true }));

  /** Runs the script with members that answer as given, others dead, and returns what it fails with, or nothing. */
  function run(members: Readonly<Record<string, Answer>>): string {
    class Mongo {
      constructor(readonly address: string) {}
      getDB(): object {
        const answer = Object.entries(members).find(([name]) => this.address.includes(name))?.[1];
        if (!answer) throw new Error("connection refused");
        const database = { adminCommand: answer, getUser: () => ({}), getRole: () => ({}) };
        return { ...database, getSiblingDB: () => database };
      }
    }
    const env = {
      ...{ CONFIG: folder, KEYFILE: join(folder, "key"), OTHER_SITES: "known", DATABASE: "platform" },
      ...{ LOCAL_HOST: host(0), LOCAL_HOSTS: [0, 1, 2].map(host).join(",") },
    };
    const nothing = () => undefined;
    const globals = { Mongo, require: createRequire(__filename), print: nothing, sleep: nothing, process: { env } };
    try {
      runInNewContext(configData(context)["apply.js"]!, globals);
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  }

  const document = JSON.parse(configData(context)["replica-set.json"]!) as { readonly settings: object };
  const running = { ...document, settings: { ...document.settings, electionTimeoutMillis: 9999 }, version: 1 };
  const member =
    (name: string, primary: string, done: string[]): Answer =>
    (command) => {
      if ("replSetReconfig" in command) done.push(name);
      if ("hello" in command) return { isWritablePrimary: name === primary, me: name, setName: "platform" };
      if ("getDefaultRWConcern" in command) return { defaultWriteConcern: { w: 1, j: true } };
      return { config: running };
    };
  const empty: Answer = () => {
    throw Object.assign(new Error("no replset config"), { code: 94 });
  };

  it("has the configuration applied while the first member of the site is dead, or lost its disk [S3.3]", () => {
    for (const first of [undefined, empty]) {
      const done: string[] = [];
      const others = [1, 2].map((index) => [host(index), member(host(index), host(2), done)] as const);
      const error = run({ ...Object.fromEntries(others), ...(first ? { [host(0)]: first } : {}) });
      expect(error).to.equal("");
      expect([...new Set(done)]).to.deep.equal([host(2)]);
    }
  });

  it("starts no new set while a member of the site does not answer", () => {
    expect(run({ [host(0)]: empty, [host(1)]: empty })).to.match(/may hold the data, so no new set is made/);
    expect(run({ [host(1)]: empty, [host(2)]: empty })).to.match(/does not answer; the next run tries again/);
  });
});
