import { replaceTexts } from "../apply/certificates.ts";
import type { Ground } from "../apply/apply.ts";
import type { PlannedObject } from "../apply/cluster.ts";
import { operatorObjects, readObjects } from "../apply/operators.ts";
import { publicCertificates, secretOf } from "../apply/public-certificates.ts";
import { selfSigned } from "../apply/self-signed.ts";
import type { Authority } from "../site/certificates.ts";
import type { PlannedSite } from "./planned.ts";

/** What a cluster has before the planned objects come. @param folder readable to nobody else: keys lie in it */
export async function groundOf(
  { definitions, releases }: { readonly definitions: readonly string[]; readonly releases: readonly string[] },
  openssl: string,
  folder: string,
): Promise<Ground> {
  const operators = await operatorObjects(readObjects(releases), ({ secret: name, commonName, dnsNames }) =>
    selfSigned(openssl, folder, { name, commonName, dnsNames }),
  );
  return { definitions, operators };
}

/**
 * A site's planned objects as its cluster can take them: with certificates in place of the plan's stand-ins, and with those
 * that cert-manager would fetch, which come before what needs them.
 */
export async function objectsFor(
  { objects }: PlannedSite,
  certificates: ReadonlyMap<string, string>,
  authority: Pick<Authority, "issue">,
): Promise<readonly PlannedObject[]> {
  const mine = replaceTexts(objects, certificates) as readonly PlannedObject[];
  const secrets: PlannedObject[] = [];
  for (const wanted of publicCertificates(mine)) {
    const [host = ""] = wanted.dnsNames;
    const alternatives = wanted.dnsNames.map((name) => `DNS:${name}`);
    const identity = await authority.issue(wanted.secret, { commonName: host, alternatives });
    secrets.push(secretOf(wanted, identity));
  }
  const namespaces = mine.filter(({ kind }) => kind === "Namespace");
  const rest = mine.filter(({ kind }) => kind !== "Namespace");
  return [...namespaces, ...secrets, ...rest];
}
