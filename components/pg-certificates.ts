import { Secret } from "@pulumi/kubernetes/core/v1";
import type * as pulumi from "@pulumi/pulumi";
import { CertRequest, LocallySignedCert, PrivateKey } from "@pulumi/tls";
import type { SharedKeys } from "./context.ts";
import { LEAF_VALIDITY } from "./keyring-plan.ts";
import type { OwnCertificate } from "./monitoring-alerts.ts";
import { postgresName } from "./names.ts";
import { POSTGRES_SECRETS, REPLICATION_USER, secretMetadata, serverNames } from "./pg-primary-replica-plan.ts";

interface Leaf {
  /** Last part of the logical names, and the Secret's name. */
  readonly part: string;
  readonly secret: string;
  readonly commonName: string;
  readonly dnsNames?: readonly string[];
  readonly use: "server_auth" | "client_auth";
}

/**
 * Makes the Secrets with the certificates of one site's cluster: the CA's, the server's, and the one with which it streams
 * from the other site. All are signed by the CA that the sites share. Left to itself the operator would make a CA per
 * site, whose certificates live 90 days, and a copy at the other site would break replication when they are renewed
 * (CloudNativePG 1.27).
 *
 * @returns the Secrets, and when the certificates in them end
 */
export function pgCertificates(
  parent: pulumi.Resource,
  name: string,
  site: string,
  keys: SharedKeys,
): { readonly secrets: readonly Secret[]; readonly ends: readonly OwnCertificate[] } {
  const leaves: readonly Leaf[] = [
    {
      part: "server",
      secret: POSTGRES_SECRETS.server,
      commonName: postgresName(site),
      dnsNames: serverNames(site),
      use: "server_auth",
    },
    // PostgreSQL takes the common name for the user.
    { part: "replication", secret: POSTGRES_SECRETS.replication, commonName: REPLICATION_USER, use: "client_auth" },
  ];
  const ca = new Secret(
    `${name}-ca`,
    { metadata: secretMetadata(POSTGRES_SECRETS.ca), stringData: { "ca.crt": keys.caCertificate } },
    { parent },
  );
  const made = leaves.map((leaf) => signed(parent, `${name}-${leaf.part}`, leaf, keys));
  return { secrets: [ca, ...made.map(({ secret }) => secret)], ends: made.map(({ end }) => end) };
}

function signed(
  parent: pulumi.Resource,
  name: string,
  leaf: Leaf,
  keys: SharedKeys,
): { readonly secret: Secret; readonly end: OwnCertificate } {
  const key = new PrivateKey(`${name}-key`, { algorithm: "ECDSA", ecdsaCurve: "P256" }, { parent });
  const request = new CertRequest(
    `${name}-request`,
    {
      privateKeyPem: key.privateKeyPem,
      subject: { commonName: leaf.commonName },
      ...(leaf.dnsNames ? { dnsNames: [...leaf.dnsNames] } : {}),
    },
    { parent },
  );
  const certificate = new LocallySignedCert(
    `${name}-certificate`,
    {
      certRequestPem: request.certRequestPem,
      caCertPem: keys.caCertificate,
      caPrivateKeyPem: keys.caKey,
      allowedUses: ["digital_signature", leaf.use],
      ...LEAF_VALIDITY,
    },
    { parent },
  );
  const secret = new Secret(
    name,
    {
      metadata: secretMetadata(leaf.secret),
      type: "kubernetes.io/tls",
      stringData: { "tls.crt": certificate.certPem, "tls.key": key.privateKeyPem },
    },
    { parent },
  );
  return { secret, end: { name: leaf.secret, end: certificate.validityEndTime } };
}
