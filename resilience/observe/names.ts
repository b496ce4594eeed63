import type { Declared } from "./declarations.ts";

/** `host:port`, the port possibly absent. */
export function splitHost(text: string): { readonly host: string; readonly port: number | undefined } {
  const match = /^(.*?)(?::(\d+))?$/.exec(text.trim());
  return { host: match?.[1] ?? text, port: match?.[2] === undefined ? undefined : Number(match[2]) };
}

export function roleOf(labels: Readonly<Record<string, string>>): "primary" | "replicas" | "any" {
  const role = labels["cnpg.io/instanceRole"] ?? labels["role"];
  return role === "primary" ? "primary" : role === "replica" ? "replicas" : "any";
}

/**
 * Name and namespace of a Service, by the forms that a cluster's DNS answers; undefined for any other host. With two
 * parts it may be a Service and its namespace, or a name of the internet.
 */
export function serviceName(
  host: string,
  namespace: string,
): { service: string; namespace: string; ambiguous: boolean } | undefined {
  const parts = host.replace(/\.$/, "").split(".");
  const [service = "", second, third] = parts;
  if (/^[\d.]+$/.test(host) || host.includes(":")) return undefined;
  if (second === undefined) return { service, namespace, ambiguous: false };
  if (parts.length === 2) return { service, namespace: second, ambiguous: true };
  const tail = parts.slice(3).join(".");
  return third === "svc" && ["", "cluster.local"].includes(tail)
    ? { service, namespace: second, ambiguous: false }
    : undefined;
}

/** The container's port behind a Service's port: `targetPort` by number or name; absent, it is the port itself. */
export function portOf(service: Declared, asked: number | undefined, workload: Declared): number | undefined {
  const ports = service.inputs.get("spec", "ports").items();
  const port = ports.length === 1 ? ports[0] : ports.find((one) => one.get("port").value === asked);
  const target = port?.get("targetPort").value ?? port?.get("port").value;
  if (typeof target === "number") return target;
  if (typeof target === "string" && /^\d+$/.test(target)) return Number(target);
  for (const container of workload.inputs.get("spec", "template", "spec", "containers").items()) {
    const named = container
      .get("ports")
      .items()
      .find((one) => one.get("name").value === target)
      ?.get("containerPort").value;
    if (typeof named === "number") return named;
  }
  return undefined;
}
