import * as pulumi from "@pulumi/pulumi";
import { RandomBytes, RandomPassword } from "@pulumi/random";
import { PrivateKey, SelfSignedCert } from "@pulumi/tls";
import type { SharedKeys } from "./context.ts";
import { CA_VALIDITY, MONGO_KEY_BYTES, PASSWORD_LENGTH, TSIG_KEY_BYTES, keysFrom } from "./keyring-plan.ts";

const TYPE = "holdfast:platform:Keyring";

/**
 * Makes what all sites share: the authority that signs the databases' certificates, passwords, MongoDB's key file, the
 * key of the challenge zone. It belongs to one stack only (`topology.keyring`), which a switchover does not move: a
 * second one would make other keys, and the sites would no longer know each other.
 *
 * Everything but the CA's certificate is protected: `pulumi destroy` stops at it, because without these keys neither a
 * standby nor a backup can be read. The certificate is renewed by replacing it, which protection would forbid; it is
 * made from the key alone, so nothing is lost with it.
 */
export class Keyring extends pulumi.ComponentResource {
  readonly keys: SharedKeys;
  /** When the authority's certificate ends, RFC 3339. */
  readonly caEnd: pulumi.Output<string>;

  constructor(name: string, args: Record<string, never> = {}, opts?: pulumi.ComponentResourceOptions) {
    super(TYPE, name, args, opts);
    const parent = { parent: this };
    const kept = { parent: this, protect: true };
    const password = (part: string): pulumi.Output<string> =>
      // Letters and digits only: the passwords stand in connection URIs, where other characters would need escapes.
      new RandomPassword(`${name}-${part}`, { length: PASSWORD_LENGTH, special: false }, kept).result;
    const bytes = (part: string, length: number): pulumi.Output<string> =>
      new RandomBytes(`${name}-${part}`, { length }, kept).base64;

    const caKey = new PrivateKey(`${name}-ca-key`, { algorithm: "ECDSA", ecdsaCurve: "P256" }, kept);
    const ca = new SelfSignedCert(
      `${name}-ca`,
      {
        privateKeyPem: caKey.privateKeyPem,
        isCaCertificate: true,
        // The renewed certificate has the same key and name, so that certificates signed before stay valid under it.
        setSubjectKeyId: true,
        subject: { commonName: "holdfast databases", organization: "holdfast" },
        allowedUses: ["cert_signing", "crl_signing"],
        ...CA_VALIDITY,
      },
      parent,
    );
    this.keys = {
      caCertificate: pulumi.secret(ca.certPem),
      caKey: pulumi.secret(caKey.privateKeyPem),
      postgresPassword: pulumi.secret(password("postgres")),
      mongoPassword: pulumi.secret(password("mongo")),
      mongoBackupPassword: pulumi.secret(password("mongo-backup")),
      mongoKey: pulumi.secret(bytes("mongo-key", MONGO_KEY_BYTES)),
      tsigSecret: pulumi.secret(bytes("tsig", TSIG_KEY_BYTES)),
      backupPassword: pulumi.secret(password("backup")),
    };
    this.caEnd = ca.validityEndTime;
    this.registerOutputs({});
  }
}

/** The keys as one stack output, `keys`; secret as a whole. */
export function exportKeys(keys: SharedKeys): pulumi.Output<Record<keyof SharedKeys, string>> {
  return pulumi.secret({ ...keys });
}

/**
 * The keys that the keyring site's stack has exported. To be awaited by the program itself, not inside `apply`: whether
 * they are there decides which resources there are.
 *
 * @returns undefined while that stack has no outputs yet
 * @throws Error naming the keys that are missing, when the stack was last brought up by an older version
 */
export async function readKeys(reference: pulumi.StackReference): Promise<SharedKeys | undefined> {
  const { value, secretValue } = await reference.getOutputDetails("keys");
  const read: unknown = secretValue ?? value;
  if (read === undefined) return undefined;
  const plain = keysFrom(read);
  // Reading details takes the mark of secrecy off, so each key is marked again.
  return {
    caCertificate: pulumi.secret(plain.caCertificate),
    caKey: pulumi.secret(plain.caKey),
    postgresPassword: pulumi.secret(plain.postgresPassword),
    mongoPassword: pulumi.secret(plain.mongoPassword),
    mongoBackupPassword: pulumi.secret(plain.mongoBackupPassword),
    mongoKey: pulumi.secret(plain.mongoKey),
    tsigSecret: pulumi.secret(plain.tsigSecret),
    backupPassword: pulumi.secret(plain.backupPassword),
  };
}
