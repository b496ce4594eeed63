import { expect } from "chai";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Compares a rendered text with the file of that name. After a change that is meant, `UPDATE_SNAPSHOTS=1 npm test`
 * writes the files anew, and the difference is reviewed with the change.
 */
export function expectSnapshot(name: string, text: string): void {
  const file = join(__dirname, "snapshots", name);
  if (process.env["UPDATE_SNAPSHOTS"] === "1") writeFileSync(file, text);
  expect(existsSync(file), `${name} is missing: UPDATE_SNAPSHOTS=1 npm test writes it`).to.equal(true);
  expect(text).to.equal(readFileSync(file, "utf8"));
}
