import { generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../../lab/binaries/command.ts";
import type { CommandResult } from "../../../lab/binaries/command.ts";
import { ensureTools } from "../../../lab/binaries/ensure.ts";
import { addAddress, scratchFolder } from "./machine.ts";
import type { Manifest } from "./plan.ts";
import type { Daemons } from "./processes.ts";
import { definitionTools } from "./programs.ts";

/** Mocha's limit for a hook that starts one, in milliseconds. */
export const API_SERVER_START_LIMIT = 180_000;

/** A real API server with its etcd and the real custom resource definitions, but no controllers and no nodes. */
export interface ApiServer {
  readonly url: string;
  readonly kubeconfig: string;
  /** The certificate that a client trusts. */
  readonly authority: string;
  /** Runs kubectl as an administrator; a failure is a result. */
  kubectl(args: readonly string[], input?: string): Promise<CommandResult>;
  /** Stores objects, and throws when one is refused. */
  apply(objects: readonly unknown[]): Promise<void>;
}

/**
 * Starts one on an address of its own. It is not a loopback address, because an API server advertises its own, and
 * refuses to advertise those.
 */
export async function startApiServer(daemons: Daemons, address: string): Promise<ApiServer> {
  const tools = await ensureTools(["etcd", "kube-apiserver", "kubectl", ...definitionTools]);
  const program = (tool: keyof typeof tools, name: string = tool): string => tools[tool][name] ?? name;
  const folder = scratchFolder("api-server");
  await addAddress(address);
  const keys = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const token = randomBytes(16).toString("hex");
  const inFolder = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const etcd = `http://${address}:2379`;
  const peers = `http://${address}:2380`;
  daemons.start("etcd", program("etcd"), [
    `--data-dir=${join(folder, "etcd")}`,
    `--listen-client-urls=${etcd}`,
    `--advertise-client-urls=${etcd}`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=default=${peers}`,
    "--unsafe-no-fsync",
    "--log-level=warn",
  ]);
  const server = daemons.start("kube-apiserver", program("kube-apiserver"), [
    `--etcd-servers=${etcd}`,
    `--bind-address=${address}`,
    `--advertise-address=${address}`,
    "--secure-port=6443",
    `--cert-dir=${join(folder, "certificates")}`,
    "--service-cluster-ip-range=10.96.0.0/16",
    "--authorization-mode=RBAC",
    `--token-auth-file=${inFolder("tokens.csv", `${token},administrator,1,system:masters\n`)}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${inFolder("account.pub", keys.publicKey)}`,
    `--service-account-signing-key-file=${inFolder("account.key", keys.privateKey)}`,
    "--allow-privileged=true",
  ]);
  const url = `https://${address}:6443`;
  const authority = join(folder, "certificates", "apiserver.crt");
  const kubeconfig = inFolder("kubeconfig", kubeconfigFor(url, authority, token));
  const kubectl = (args: readonly string[], input?: string): Promise<CommandResult> =>
    run(program("kubectl"), ["--kubeconfig", kubeconfig, ...args], input === undefined ? {} : { input });
  const must = async (args: readonly string[], input?: string): Promise<void> => {
    const { code, stderr } = await kubectl(args, input);
    if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr.trim()}`);
  };
  await server.ready(async () => existsSync(authority) && (await kubectl(["get", "--raw", "/readyz"])).code === 0);
  const definitions = definitionTools.flatMap((tool) => Object.values(tools[tool]));
  await must(["create", ...definitions.map((file) => `--filename=${file}`)]);
  await must(["wait", "--for=condition=Established", "--timeout=60s", "customresourcedefinitions", "--all"]);
  return {
    url,
    kubeconfig,
    authority,
    kubectl,
    apply: (objects) =>
      objects.length === 0
        ? Promise.resolve()
        : must(["apply", "--server-side", "--validate=strict", "--filename=-"], asList(objects)),
  };
}

/** Objects as one document for kubectl. */
export const asList = (objects: readonly unknown[]): string =>
  JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });

/**
 * Stores what other objects cannot be judged without: namespaces, and each namespace's accounts (the `default` one is
 * made by a controller that does not run here).
 */
export async function applyGround(server: ApiServer, manifests: readonly Manifest[]): Promise<void> {
  const namespaces = manifests.filter(({ kind }) => kind === "Namespace");
  await server.apply(namespaces);
  const defaults = namespaces.map(({ metadata }) => ({
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: "default", namespace: metadata.name },
  }));
  await server.apply([...defaults, ...manifests.filter(({ kind }) => kind === "ServiceAccount")]);
}

const kubeconfigFor = (server: string, authority: string, token: string): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "site", cluster: { server, "certificate-authority": authority } }],
    users: [{ name: "administrator", user: { token } }],
    contexts: [{ name: "site", context: { cluster: "site", user: "administrator" } }],
    "current-context": "site",
  });
