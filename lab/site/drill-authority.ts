import { chmodSync, copyFileSync } from "node:fs";
import { join } from "node:path";
import { ensureEntry, keepLastUsed } from "../binaries/cache.ts";
import { Authority, LEAF_DAYS } from "./certificates.ts";

/** How long one authority issues certificates; images that trust it are made again after it. */
const ISSUES_DAYS = 60;
const DAY_MS = 86_400_000;
const PREFIX = "drill-authority-";
/** The one in use, and the one before it: a run that began with it may be under way. */
const KEPT = 2;

/** The name of the authority that issues at a time, in milliseconds since 1970. */
export const drillAuthorityName = (now: number): string => `${PREFIX}1-${Math.floor(now / DAY_MS / ISSUES_DAYS)}`;

/**
 * The authority that stands for the public ones in every drill of this machine: images trust it, so that planned
 * programs need no setting to trust the stores and hosts of a drill. It issues for 60 days and lives as long as what it
 * issues on the last of them; the next takes its place then. Its key is readable to its owner alone.
 *
 * @returns its folder; `ca.crt` in it is its certificate
 */
export async function ensureDrillAuthority(openssl: string, now = Date.now()): Promise<string> {
  const folder = await ensureEntry(drillAuthorityName(now), async (draft) => {
    chmodSync(draft, 0o700);
    await Authority.open(openssl, draft, "holdfast-drill", ISSUES_DAYS + LEAF_DAYS);
    chmodSync(join(draft, "ca.key"), 0o600);
  });
  keepLastUsed(PREFIX, KEPT);
  return folder;
}

/**
 * Opens that authority for one run, which issues certificates of its own.
 *
 * @param folder must be readable to nobody else
 */
export async function openDrillAuthority(openssl: string, folder: string): Promise<Authority> {
  const kept = await ensureDrillAuthority(openssl);
  for (const name of ["ca.crt", "ca.key"]) copyFileSync(join(kept, name), join(folder, name));
  return Authority.open(openssl, folder, "holdfast-drill");
}
