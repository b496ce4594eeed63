import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../binaries/command.ts";
import type { Identity } from "../site/certificates.ts";

const DAYS = "30";

/**
 * Makes a certificate that vouches for itself, as cert-manager's self-signing issuer does: where each side of a
 * connection knows the other's certificate, none that another authority signed would be shown or taken.
 */
export async function selfSigned(
  openssl: string,
  folder: string,
  {
    name,
    commonName,
    dnsNames,
  }: { readonly name: string; readonly commonName: string; readonly dnsNames: readonly string[] },
): Promise<Identity> {
  const [key, certificate] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)];
  const { code, stderr } = await run(openssl, [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", DAYS],
    ...["-subj", `/CN=${commonName}`, "-keyout", key, "-out", certificate],
    ...["-addext", "keyUsage=critical,digitalSignature", "-addext", "extendedKeyUsage=serverAuth,clientAuth"],
    ...(dnsNames.length === 0 ? [] : ["-addext", `subjectAltName=${dnsNames.map((dns) => `DNS:${dns}`).join(",")}`]),
  ]);
  if (code !== 0) throw new Error(`openssl cannot make the certificate ${name}: ${stderr.trim()}`);
  return { certificate: readFileSync(certificate, "utf8"), key: readFileSync(key, "utf8") };
}
