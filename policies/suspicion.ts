/** What tells that a text is a secret: its own form, its name, or a name that it gives a value to. */

/** Names of values that are secrets by what they are called; a file, a path or a Secret's name is none. */
const NAME = /(password|passwd|passphrase|secret|token|credentials?|(api|access|secret|private)[_.-]?key)$/i;
/** Charts name the Secrets that exist already in these words. */
const REFERENCE = /(existing|image_?pull).*secrets?$/i;
/** `keyId` in words of its own: AWS_ACCESS_KEY_ID is a name, but not one that belongs in the open. */
const KEY_ID = /(^|[_.-])access_?key_?id$/i;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
/** The private key of a WireGuard interface, in base64. */
const TUNNEL_KEY = /^\s*PrivateKey\s*=\s*[A-Za-z0-9+/]{43}=/m;
/** An address with a user's password in it; `$(NAME)` and `${name}` stand for one that comes from elsewhere. */
const PASSWORD_IN_ADDRESS = /[a-z][a-z0-9+.-]*:\/\/[^\s:/@"'`]*:(?!\$)[^\s:/@"'`]+@/i;
/**
 * A name and its value in a text: `PGPASSWORD=…`, `--db-password=…`, `password: …`. Six characters and more of what a
 * password is made of: what begins with another sign is a variable, a path, a template or code.
 */
const ASSIGNED =
  /(?:^|[\s,;&?"'-])[\w.-]*(?:password|passwd|passphrase|secret|token|api[_-]?key|secret[_-]?key)["']?(?:=|:[ \t]+|[ \t]+=[ \t]+)["']?([A-Za-z0-9][^\s"',;&(){}$<>[\]]{5,})["']?(?=[\s,;&"']|$)/gi;
/** Words that stand where a value may stand, in code and in configurations. */
const NO_VALUE =
  /^(true|false|null|none|undefined|required|optional|string|number)$|[/.](key|pem|txt|json|ya?ml)$|^[a-z]+\./i;

/** What the form of a text gives away, in words without the secret; undefined: nothing. */
export function looksSecret(text: string): string | undefined {
  if (PRIVATE_KEY.test(text) || TUNNEL_KEY.test(text)) return "holds a private key";
  return PASSWORD_IN_ADDRESS.test(text) ? "holds an address with a password in it" : undefined;
}

export function isSecretName(name: string): boolean {
  return (NAME.test(name) && !REFERENCE.test(name)) || KEY_ID.test(name);
}

/** Is a word of a command an option whose value, the next word, is a secret: `--password`? */
export function isSecretOption(word: string): boolean {
  return /^--?[\w.-]+$/.test(word) && NAME.test(word);
}

/** Does a text give a secret's name a value that anybody can read? */
export function assignsSecret(text: string): boolean {
  return [...text.matchAll(ASSIGNED)].some(([, value = ""]) => !NO_VALUE.test(value));
}
