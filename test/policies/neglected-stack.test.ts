import { expect } from "chai";
import { readFileSync } from "node:fs";
import { judgeAll } from "../../policies/judge-all.ts";
import { rules } from "../../policies/rules/index.ts";
import { readStack } from "../../resilience/read.ts";

const FILE = new URL("neglected-stack.json", `file://${__dirname}/`);

/** What is wrong with the stack, by the policies that must say so: each with a part of what it says. */
const BROKEN: Readonly<Record<string, readonly RegExp[]>> = {
  "copies-in-two-zones": [
    /PostgreSQL \(pg-aachen\) is sure to have copies in 1 zone only \(aachen\)/,
    /MongoDB \(shop\)/,
    /volume shop-media/,
  ],
  "raid-or-replicas": [/pg-aachen lies on data on aachen-1 \(raid0 of 2\)/, /where MongoDB \(shop\) lies is not known/],
  "backups-exist": [
    /base backup of pg-aachen runs only every/,
    /pg-second has no base backup/,
    /MongoDB \(shop\) archives no log/,
    /shop-media has no backup of its files/,
  ],
  "backups-off-array": [/backup of pg-aachen goes to backup-aachen, which lies on array data on aachen-1/],
  "backups-off-site": [/pg-aachen lie only in backup-aachen: the loss of aachen takes them too/],
  "backups-retained": [/backup-aachen keeps backups for 7 d/],
  "backups-locked": [/backup-aachen locks no version/, /can delete versions in backup-aachen/],
  "point-in-time": [/a write to pg-aachen may stay out of the archive for 1 h/, /MongoDB \(shop\) .* archives no log/],
  "restore-tested": [
    /no restore of pg-aachen is ever tried/,
    /no restore of MongoDB/,
    /no restore of volume shop-media/,
  ],
  "volumes-survive": [
    /volumes of Cluster pg-aachen go with it/,
    /PersistentVolumeClaim shop-media go with it/,
    /StatefulSet mongo-a keeps data on volume data, an emptyDir/,
    /Namespace platform holds data and is not protected/,
  ],
  "mongo-votes": [/2 members of shop vote .* an even number/],
  "mongo-place": [/mongo-b, which nothing declared runs/, /aachen has 1 of 2 votes of shop, no majority/],
  "one-writable-postgres": [/pg-aachen at aachen and pg-second at aachen all take writes/],
  "replica-settings": [/source pg-titan .* none of its externalClusters/, /enabled: false, and names pg-titan/],
  "hung-postgres": [/the one instance of pg-aachen stays/, /the one instance of pg-second stays/],
  spread: [/Deployment proxy needs 4 places, .* leaves 1 in 1 domain of aachen/],
  "dns-lets-go": [/shop\.example\.org leads to 192\.0\.2\.10, 198\.51\.100\.20 whether they answer or not/],
  "metrics-scraped": [/nothing has Cluster pg-aachen scraped/, /no Prometheus of this stack/],
  "alerts-present": [/no alert watches a PostgreSQL standby/, /no alert watches an array that has lost a disk/],
  "disruption-budgets": [/platform\/proxy has 3 replicas/],
  "pinned-images": [/shop:latest/],
  "databases-not-exposed": [/postgres-public of type LoadBalancer/],
  "default-deny": [/platform has no NetworkPolicy/],
  "encrypted-between-sites": [/no public key/],
  "no-plain-secret": [/DATABASE_PASSWORD/],
  probes: [/mongod has no/],
  requests: [/shop requests no memory/],
  "restricted-pods": [/Namespace platform enforces nothing/, /Deployment shop .* is privileged/],
};

/** What it can't break, and why. */
const NOT_CONCERNED: Readonly<Record<string, string>> = {
  "backups-private": "its backups lie in no provider's account",
  "zone-redundant-cluster": "it runs on servers of its own",
  "zone-redundant-storage": "it runs on servers of its own",
  "read-only-routes": "it takes writes, so none of its routes may be for reading only",
};

describe("a stack with many things wrong, as `pulumi stack export` wrote it", () => {
  const results = judgeAll(rules, [readStack(readFileSync(FILE, "utf8"), "neglected-stack.json")]);
  const messagesOf = (name: string): readonly string[] =>
    results.filter(({ rule }) => rule.name === name).flatMap(({ findings }) => findings.map(({ message }) => message));

  it("breaks the policies that one would expect, and no others", () => {
    const broken = rules.map(({ name }) => name).filter((name) => messagesOf(name).length > 0);
    expect([...broken].sort()).to.deep.equal(Object.keys(BROKEN).sort());
  });

  it("is judged by every policy, or there is a reason why not", () => {
    const listed = [...Object.keys(BROKEN), ...Object.keys(NOT_CONCERNED)];
    expect(rules.map(({ name }) => name).sort()).to.deep.equal(listed.sort());
  });

  for (const [name, parts] of Object.entries(BROKEN)) {
    it(`${name} names what is wrong`, () => {
      for (const part of parts) expect(messagesOf(name).join("\n")).to.match(part);
    });
  }

  it("tells no secret value, whatever is wrong with it", () => {
    const text = results.flatMap(({ findings }) => findings.map(({ message }) => message)).join("\n");
    expect(text).to.not.contain("correct-horse");
  });
});
