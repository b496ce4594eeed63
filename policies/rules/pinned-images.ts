import { Field, plain } from "../../resilience/observe/field.ts";
import { containersOf, POD_TYPES, podSpecOf } from "../pods.ts";
import type { Finding, ResourceRule } from "../rule.ts";

const CLUSTER = "kubernetes:postgresql.cnpg.io/v1:Cluster";
const CHARTS: readonly string[] = ["kubernetes:helm.sh/v3:Release", "kubernetes:helm.sh/v4:Chart"];

/** Repository, tag and digest of an image; a port belongs to the registry, not to a tag. A tag without a number moves on. */
function isPinned(image: string): boolean {
  const [path = "", digest] = image.split("@");
  if (digest !== undefined) return /^sha256:[0-9a-f]{64}$/.test(digest);
  const tag = /:([^:/]+)$/.exec(path)?.[1] ?? "";
  return /\d/.test(tag) && !tag.startsWith("latest");
}

/** A Helm chart brings its images along: without a whole version the newest chart that fits is installed. */
function chartBreaks(resource: Parameters<ResourceRule["evaluate"]>[0]): Pick<Finding, "message"> | string | undefined {
  const inputs = new Field(resource.urn, "", resource.inputs);
  const [chart, version] = [plain(inputs.get("chart")) ?? "", inputs.get("version")];
  // A folder or an archive is the chart itself; so is what a digest names.
  if (/^[./]|\.tgz$|@sha256:[0-9a-f]{64}$/.test(chart)) return undefined;
  if (version.pending) return `the version of chart ${chart}`;
  const text = plain(version);
  return /^v?\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?$/.test(text ?? "")
    ? undefined
    : {
        message: `Chart ${chart} has ${text === undefined ? "no version" : `the version ${text}, which fits several`}.`,
      };
}

/** The places in a resource that name an image. */
function imagesOf(resource: Parameters<ResourceRule["evaluate"]>[0]): readonly Field[] {
  if (resource.type === CLUSTER) return [new Field(resource.urn, "", resource.inputs).get("spec", "imageName")];
  const podSpec = podSpecOf(resource);
  return podSpec ? containersOf(podSpec).map(({ field }) => field.get("image")) : [];
}

export const pinnedImages: ResourceRule = {
  kind: "resource",
  name: "pinned-images",
  what: "Every container's image, also of a database and of a job, names a version or a digest, and so does every chart.",
  ids: ["R5", "R8"],
  why: "Otherwise a pod that is started elsewhere after a fault may run another program than the one that died.",
  fix: "Write a tag with a version, or a digest: repository/name:1.2.3, repository/name@sha256:…; give a chart its whole version.",
  level: "mandatory",
  types: [...POD_TYPES, CLUSTER, ...CHARTS],
  evaluate(resource) {
    if (CHARTS.includes(resource.type)) {
      const broken = chartBreaks(resource);
      if (typeof broken === "string") return { findings: [], pending: [broken] };
      return { findings: broken ? [{ urn: resource.urn, ...broken }] : [] };
    }
    const findings: Finding[] = [];
    const pending: string[] = [];
    const images = imagesOf(resource);
    if (images.length === 0) findings.push({ urn: resource.urn, message: "No container of it could be read." });
    for (const field of images) {
      const image = field.text();
      if (image.state === "pending") pending.push(image.why);
      else if (image.state === "unknown") findings.push({ urn: resource.urn, message: `${image.why}.` });
      else if (!isPinned(image.value))
        findings.push({ urn: resource.urn, message: `${field.path} is ${image.value}, which names no version.` });
    }
    return { findings, pending };
  },
};
