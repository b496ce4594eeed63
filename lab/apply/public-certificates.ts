import type { PlannedObject } from "./cluster.ts";
import type { Difference } from "./difference.ts";

/** A certificate that cert-manager would fetch from a public authority. */
export interface PublicCertificate {
  readonly namespace: string;
  readonly secret: string;
  readonly dnsNames: readonly string[];
}

export function publicCertificates(objects: readonly PlannedObject[]): readonly PublicCertificate[] {
  return objects
    .filter(({ apiVersion, kind }) => apiVersion.startsWith("cert-manager.io/") && kind === "Certificate")
    .map(({ metadata: { name, namespace }, ...rest }) => {
      const { secretName, dnsNames } = rest["spec"] as { secretName?: string; dnsNames?: readonly string[] };
      if (namespace === undefined || secretName === undefined || dnsNames === undefined || dnsNames.length === 0)
        throw new Error(`Certificate ${name} names no namespace, no secret or no host`);
      return { namespace, secret: secretName, dnsNames };
    });
}

/** The Secret that a certificate's owner waits for. */
export function secretOf(
  { namespace, secret: name }: Pick<PublicCertificate, "namespace" | "secret">,
  { certificate, key }: { readonly certificate: string; readonly key: string },
): PlannedObject {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace },
    type: "kubernetes.io/tls",
    stringData: { "tls.crt": certificate, "tls.key": key },
  };
}

export const publicCertificateDifference: Difference = {
  subject: "public certificates and authorities",
  what: "certificates of public hosts and of backup stores are made by an authority of the drill, without cert-manager; every image with a Debian trusts it beside the public ones",
  why: "a drill reaches no public authority; renewal is not drilled",
};
