import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import { labImages } from "../images/recipes.ts";
import type { Identity } from "../site/certificates.ts";
import type { PlannedObject } from "./cluster.ts";
import type { Difference } from "./difference.ts";
import { secretOf } from "./public-certificates.ts";

/** The objects in the files of an operator's release. */
export function readObjects(files: readonly string[]): readonly PlannedObject[] {
  return files
    .flatMap((file) => parseAllDocuments(readFileSync(file, "utf8")))
    .map((document) => document.toJS() as PlannedObject | null)
    .filter((object) => object !== null);
}

type Node = Record<string, unknown>;
const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && !Array.isArray(value);

/** A value with each of its maps changed, the innermost first. */
function eachMap(value: unknown, change: (map: Node) => Node): unknown {
  if (Array.isArray(value)) return value.map((item) => eachMap(item, change));
  if (!isNode(value)) return value;
  return change(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, eachMap(item, change)])));
}

/** Names that the plug-in's release has for images which are built anew from its main branch. */
const developed: Readonly<Record<string, string>> = {
  "ghcr.io/cloudnative-pg/plugin-barman-cloud-testing:main": labImages.backupPlugin,
  "ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar-testing:main": labImages.backupSidecar,
};
const SIDECAR = "SIDECAR_IMAGE";

function useImage(map: Node): Node {
  const { image, imagePullPolicy, ...rest } = map;
  if (typeof image !== "string") return map;
  const pull = imagePullPolicy === undefined ? {} : { imagePullPolicy: "IfNotPresent" };
  return { ...rest, image: developed[image] ?? image, ...pull };
}

function useSidecar(map: Node): Node {
  const { [SIDECAR]: encoded, ...rest } = map;
  if (typeof encoded !== "string") return map;
  const name = Buffer.from(encoded, "base64").toString("utf8").trim();
  return { ...rest, [SIDECAR]: Buffer.from(developed[name] ?? name).toString("base64") };
}

/** A certificate that a release asks cert-manager for. */
export interface OperatorCertificate {
  readonly namespace: string;
  readonly secret: string;
  readonly commonName: string;
  readonly dnsNames: readonly string[];
}

const isOfCertManager = ({ apiVersion }: PlannedObject): boolean => apiVersion.startsWith("cert-manager.io/");

export function operatorCertificates(objects: readonly PlannedObject[]): readonly OperatorCertificate[] {
  return objects
    .filter((object) => isOfCertManager(object) && object.kind === "Certificate")
    .map(({ metadata, spec }) => {
      const { secretName, commonName, dnsNames } = spec as {
        readonly secretName: string;
        readonly commonName: string;
        readonly dnsNames?: readonly string[];
      };
      return { namespace: metadata.namespace ?? "", secret: secretName, commonName, dnsNames: dnsNames ?? [] };
    });
}

/**
 * Operators' objects as a cluster without cert-manager and without a registry can take them: their images are those
 * that were made here, and the certificates between operator and plug-in are given.
 */
export async function operatorObjects(
  released: readonly PlannedObject[],
  issue: (certificate: OperatorCertificate) => Promise<Identity>,
): Promise<readonly PlannedObject[]> {
  const secrets: PlannedObject[] = [];
  for (const certificate of operatorCertificates(released)) {
    secrets.push(secretOf(certificate, await issue(certificate)));
  }
  const rest = released.filter((object) => !isOfCertManager(object));
  const [namespaces, others] = [
    rest.filter(({ kind }) => kind === "Namespace"),
    rest.filter(({ kind }) => kind !== "Namespace"),
  ];
  return [...namespaces, ...secrets, ...others].map(
    (object) => eachMap(object, (map) => useSidecar(useImage(map))) as PlannedObject,
  );
}

export const operatorDifferences: readonly Difference[] = [
  {
    subject: "CloudNativePG and its backup plug-in",
    what: "deployed by the release files of 1.27.0 and 0.15.0, not by the pinned charts; images are never pulled",
    why: "newer versions are not to be had as Go modules, and no chart repository is asked",
  },
  {
    subject: "cert-manager",
    what: "does not run; certificates between operator and plug-in vouch for themselves, as the release asks",
    why: "a drill reaches no public authority; renewal is not drilled",
  },
  {
    subject: "monitoring",
    what: "Prometheus and what its chart brings do not run",
    why: "no outcome relies on them; alerts are not drilled",
  },
];
