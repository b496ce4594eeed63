import { closeSync, existsSync, ftruncateSync, openSync, renameSync, rmSync } from "node:fs";
import { run } from "../binaries/command.ts";

/** Size of an array as a server sees it, in bytes. The file takes only what is written. */
const SIZE = 32 * 2 ** 30;

/** Makes the file that stands for an array's disks, with an empty file system, if it is not there. */
export async function ensureDisk(mkfs: string, image: string): Promise<void> {
  if (existsSync(image)) return;
  const draft = `${image}.new`;
  const descriptor = openSync(draft, "w", 0o600);
  ftruncateSync(descriptor, SIZE);
  closeSync(descriptor);
  // Tables are written when they are first used: an empty disk is ready at once.
  const lazily = ["-E", "lazy_itable_init=1,lazy_journal_init=1,nodiscard", "-m", "0"];
  const { code, stderr } = await run(mkfs, ["-q", ...lazily, draft]);
  if (code !== 0) throw new Error(`${mkfs} ${draft}: ${stderr.trim()}`);
  renameSync(draft, image);
}

/** What a lost array's replacement starts from: nothing. The old file system's users keep it, dead, till they end. */
export function forgetDisk(image: string): void {
  rmSync(image, { force: true });
}
