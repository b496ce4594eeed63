import type { System } from "../../resilience/system.ts";
import { fact, urn } from "./fixture-facts.ts";
import { DAY, backup, s1 } from "./system-fixture.ts";

export type Draft<T> = { -readonly [K in keyof T]: Draft<T[K]> };

/** S1 with one thing changed. */
export function changed(change: (draft: Draft<System>) => void): System {
  const draft = structuredClone(s1()) as Draft<System>;
  change(draft);
  return draft;
}

/** The one element that is meant; a test that means none, or several, is wrong. */
export function one<T>(list: readonly T[], is: (each: T) => boolean): T {
  const found = list.filter(is);
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`${found.length} elements are meant`);
  return first;
}

/** A volume with users' files, served by `core` at both sites, that lies where the writes go. */
export function withUploads(draft: Draft<System>): void {
  for (const at of ["aachen", "titan"]) {
    one(draft.services, ({ name, site: where }) => name === "core" && where === at).volumes = ["core-media"];
    const other = at === "aachen" ? undefined : "aachen";
    const proxyHere = one(draft.proxies, ({ site: where }) => where === at);
    const sample = one(
      proxyHere.routes,
      (each) => each.entry === "public" && each.paths[0] === "/core" && each.methods !== undefined,
    );
    proxyHere.routes.push({
      ...structuredClone(sample),
      paths: ["/media"],
      rule: `${sample.rule} with a longer path`,
      backends: [{ site: other ?? at, service: "core", urn: sample.urn }],
      failoverOn: [],
    });
  }
  const of = urn("aachen", "kubernetes:core/v1:PersistentVolumeClaim", "core-media");
  draft.volumes.push({
    name: "core-media",
    site: "aachen",
    urn: of,
    storageClass: fact("local", of),
    content: fact("uploads", of),
    urlPath: "/media",
    size: fact(2 ** 30, of),
  });
  draft.backups.push(
    backup("aachen", "files", {
      kind: "files",
      subject: fact("core-media"),
      from: fact("aachen"),
      to: fact("backup-aachen"),
      interval: fact(DAY),
    }),
  );
}

/** Another server at a site, with the same arrays. */
export function withServers(draft: Draft<System>, at: string, count: number): void {
  const where = one(draft.sites, ({ name }) => name === at);
  const [first] = where.servers;
  if (!first) throw new Error(`${at} has no server`);
  where.servers = Array.from({ length: count }, (_, i) => ({
    ...structuredClone(first),
    name: `${at}-${i + 1}`,
    arrays: first.arrays.map((array) => ({ ...array, server: `${at}-${i + 1}` })),
  }));
}
