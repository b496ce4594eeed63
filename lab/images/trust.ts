import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureTools } from "../binaries/ensure.ts";
import { ensureDrillAuthority } from "../site/drill-authority.ts";
import { ensureBase } from "./debian.ts";
import type { BuiltLayer } from "./image.ts";
import { ensureLayer, must, packFolder } from "./layers.ts";
import type { Report } from "./layers.ts";

const CERTIFICATES = "etc/ssl/certs";
/** Go, curl and Debian's Python packages read this file. */
const bundle = join(CERTIFICATES, "ca-certificates.crt");
const own = "holdfast-drill.pem";

/**
 * The layer by which an image trusts the authority of drills beside the public ones: in the bundle of all certificates,
 * and in the folder where OpenSSL looks an authority up by the hash of its name.
 */
export async function ensureTrust(report: Report): Promise<BuiltLayer> {
  const openssl = (await ensureTools(["certificates"], report)).certificates["openssl"] ?? "openssl";
  const certificate = readFileSync(join(await ensureDrillAuthority(openssl), "ca.crt"), "utf8");
  const base = await ensureBase(report);
  const { layer } = await ensureLayer("trust", "1", [base.layer.digest, certificate], async (draft) => {
    const root = join(draft, "root");
    const folder = join(root, CERTIFICATES);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(root, bundle), readFileSync(join(base.root, bundle), "utf8") + certificate);
    writeFileSync(join(folder, own), certificate);
    const fix = "check that openssl is OpenSSL 3";
    const hash = await must("image layer trust", fix, openssl, [
      ...["x509", "-in", join(folder, own), "-noout", "-subject_hash"],
    ]);
    symlinkSync(own, join(folder, `${hash.trim()}.0`));
    await packFolder(root, join(draft, "layer.tar"));
    rmSync(root, { recursive: true });
  });
  return layer;
}
