import { generateKeyPairSync } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../binaries/command.ts";

/** Who a certificate is for. Kubernetes reads a user's name and groups from the common name and organisations. */
export interface Subject {
  readonly commonName: string;
  readonly organisation?: string;
  /** Names and addresses of a server, as in `DNS:kubernetes` and `IP:192.0.2.10`. */
  readonly alternatives?: readonly string[];
}

/** A certificate and its key, in PEM. */
export interface Identity {
  readonly certificate: string;
  readonly key: string;
}

/** How long certificates are valid. */
export const LEAF_DAYS = 30;
const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"] as const;

/** The certificate authority of a site, kept in a folder so that a server that is built anew is trusted again. */
export class Authority {
  readonly #openssl: string;
  readonly #folder: string;

  private constructor(openssl: string, folder: string) {
    this.#openssl = openssl;
    this.#folder = folder;
  }

  /**
   * Opens the authority in a folder, or founds it there.
   *
   * @param days how long its own certificate is valid
   */
  static async open(openssl: string, folder: string, name: string, days = LEAF_DAYS): Promise<Authority> {
    const authority = new Authority(openssl, folder);
    if (!existsSync(authority.#file("ca.crt"))) {
      const usage = ["-addext", "keyUsage=critical,keyCertSign,cRLSign,digitalSignature"];
      await authority.#request("ca", `/CN=${name}`, usage, days);
    }
    if (!existsSync(authority.#file("accounts.pub"))) {
      const pair = generateKeyPairSync("rsa", {
        modulusLength: 2048,
        privateKeyEncoding: { type: "pkcs8", format: "pem" },
        publicKeyEncoding: { type: "spki", format: "pem" },
      });
      writeFileSync(authority.#file("accounts.key"), pair.privateKey, { mode: 0o600 });
      writeFileSync(authority.#file("accounts.pub"), pair.publicKey);
    }
    return authority;
  }

  /** Its own certificate and key. */
  get own(): Identity {
    return this.#read("ca");
  }

  /** The keys that service accounts' tokens are signed with and checked by. */
  get accounts(): { readonly key: string; readonly publicKey: string } {
    return { key: this.#text("accounts.key"), publicKey: this.#text("accounts.pub") };
  }

  /** Issues a certificate for servers and clients, or returns the one issued before under the name. */
  async issue(name: string, { commonName, organisation, alternatives = [] }: Subject): Promise<Identity> {
    if (!existsSync(this.#file(`${name}.crt`))) {
      const subject = `${organisation === undefined ? "" : `/O=${organisation}`}/CN=${commonName}`;
      await this.#request(name, subject, [
        ...["-CA", this.#file("ca.crt"), "-CAkey", this.#file("ca.key")],
        ...["-addext", "basicConstraints=critical,CA:FALSE"],
        ...["-addext", "keyUsage=critical,digitalSignature,keyEncipherment"],
        ...["-addext", "extendedKeyUsage=serverAuth,clientAuth"],
        ...(alternatives.length === 0 ? [] : ["-addext", `subjectAltName=${alternatives.join(",")}`]),
      ]);
    }
    return this.#read(name);
  }

  async #request(name: string, subject: string, more: readonly string[], days = LEAF_DAYS): Promise<void> {
    const files = ["-keyout", this.#file(`${name}.key`), "-out", this.#file(`${name}.crt`)];
    const words = ["req", "-x509", ...NEW_KEY, "-days", `${days}`, "-subj", subject, ...files, ...more];
    const { code, stderr } = await run(this.#openssl, words);
    if (code !== 0) throw new Error(`openssl cannot make the certificate ${name}: ${stderr.trim()}`);
  }

  #read(name: string): Identity {
    return { certificate: this.#text(`${name}.crt`), key: this.#text(`${name}.key`) };
  }

  #file(name: string): string {
    return join(this.#folder, name);
  }

  #text(name: string): string {
    return readFileSync(this.#file(name), "utf8");
  }
}

/** A kubeconfig of a client with a certificate; everything is in the file itself. */
export function kubeconfig(server: string, authority: string, { certificate, key }: Identity): string {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "site", cluster: { server, "certificate-authority-data": base64(authority) } }],
    users: [{ name: "user", user: { "client-certificate-data": base64(certificate), "client-key-data": base64(key) } }],
    contexts: [{ name: "site", context: { cluster: "site", user: "user" } }],
    "current-context": "site",
  });
}
