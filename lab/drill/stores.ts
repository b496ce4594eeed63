import { setTimeout as sleep } from "node:timers/promises";
import type { SiteStore } from "../check/evidence.ts";
import { readStore } from "../check/read-store.ts";
import { readUploads } from "../check/uploads.ts";
import type { StoredFile } from "../platform/media.ts";
import type { Site } from "../site/site.ts";
import { UPLOADING } from "./load.ts";
import type { DrilledService } from "./load.ts";

const NAMESPACE = "platform";
const TRIES = 5;
const BETWEEN_TRIES_MS = 2000;

/** Asks a service of a site's cluster, past proxies and other sites. */
async function ask(site: Site, service: string, path: string): Promise<string> {
  for (let tries = 1; ; tries++) {
    const at = `/api/v1/namespaces/${NAMESPACE}/services/${service}:http/proxy${path}`;
    const { status, text } = await site.api.request("GET", at);
    if (status === 200) return text;
    if (tries === TRIES)
      throw new Error(`${service} at ${site.name} does not tell what it has: ${status} ${text.slice(0, 200)}`);
    await sleep(BETWEEN_TRIES_MS);
  }
}

/**
 * What MongoDB's member itself has: a service that reads from the nearest member might tell what another one has. Fields are
 * named as `/writes` names them.
 */
const SCRIPT = (after: string, limit: number): string => `
  db.getMongo().setReadPref("secondaryPreferred");
  const rows = db.alastair_writes.find({ _id: { $gt: ${JSON.stringify(after)} } }).sort({ _id: 1 }).limit(${limit}).toArray();
  print(JSON.stringify(rows.map(({ _id, storedAt, tries, sentAt, ...rest }) => ({
    id: _id, ...rest, sentAt: Number(sentAt), tries: Number(tries), storedAt: storedAt.getTime(),
  }))));`;

async function askMember(site: Site, path: string): Promise<string> {
  const query = new URL(path, "http://member").searchParams;
  const script = SCRIPT(query.get("after") ?? "", Number(query.get("limit")));
  const { data } = await site.api.get<{ readonly data: Readonly<Record<string, string>> }>(
    `/api/v1/namespaces/${NAMESPACE}/secrets/mongo-app`,
  );
  const password = Buffer.from(data["password"] ?? "", "base64").toString("utf8");
  const member = `mongo-${site.name}-0-0`;
  const address = `mongodb://app:${encodeURIComponent(password)}@127.0.0.1/platform?directConnection=true`;
  const shell = ["env", "HOME=/tmp", "mongosh", "--quiet", "--norc", address, "--eval", script];
  const words = ["exec", member, `--namespace=${NAMESPACE}`, "--container=mongod", "--", ...shell];
  const { code, stdout, stderr } = await site.kubectl(words);
  // The command's words are not told: they hold a password.
  if (code !== 0) throw new Error(`${member} does not tell what it has: ${stderr.trim().split("\n").at(-1) ?? ""}`);
  return stdout.trim();
}

/** A site's copy of what a service stored. @throws where it can't be read */
export async function storeAt(site: Site, service: DrilledService): Promise<SiteStore> {
  const get = (path: string): Promise<string> =>
    service === "alastair" ? askMember(site, path) : ask(site, service, path);
  return { site: site.name, rows: await readStore(get) };
}

/** The users' files at a site. @throws where they can't be read */
export const filesAt = (site: Site): Promise<readonly StoredFile[]> =>
  readUploads(UPLOADING, (path) => ask(site, UPLOADING, path));
