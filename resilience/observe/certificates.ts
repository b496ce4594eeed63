import { known, mapFact } from "../fact.ts";
import type { Fact } from "../fact.ts";
import type { Certificate, NameServer } from "../system.ts";
import type { Declarations, Declared } from "./declarations.ts";
import { plain } from "./field.ts";
import type { Field } from "./field.ts";
import { splitHost } from "./names.ts";
import type { Hosts } from "./hosts.ts";
import { podSpecOf } from "./mounts.ts";
import { parseGoDuration } from "./quantities.ts";

/** cert-manager 1.18 where a Certificate does not say: 90 days, renewed when a third of them is left. */
const DURATION = 90 * 86_400;
const RENEWED_AT = 1 / 3;

const TLS_TYPES = ["tls:index/locallySignedCert:LocallySignedCert", "tls:index/selfSignedCert:SelfSignedCert"];
const COMPONENTS: Readonly<Record<string, Certificate["purpose"]>> = {
  "holdfast:platform:PgPrimaryReplica": "postgres",
  "holdfast:platform:MongoReplicaSet": "mongo",
  "holdfast:platform:ReverseProxy": "public",
};

/** Certificates of databases and proxies; one that nothing of these uses is somebody else's. */
export function observeCertificates(
  declarations: Declarations,
  hosts: Hosts,
  nameServers: readonly NameServer[],
): readonly Certificate[] {
  const secrets = secretPurposes(declarations);
  const users = usersOf(declarations);
  const purposeOf = (declared: Declared, seen: ReadonlySet<string> = new Set()): Certificate["purpose"] | undefined => {
    if (seen.has(declared.urn)) return undefined;
    for (const user of users.get(declared.urn) ?? []) {
      const found =
        user.kind === "/Secret"
          ? secrets.get(secretKey(user.site, user.namespace, user.name))
          : purposeOf(user, new Set([...seen, declared.urn]));
      if (found) return found;
    }
    return Object.entries(COMPONENTS).find(([type]) => declarations.ancestor(declared, type))?.[1];
  };
  return [
    ...TLS_TYPES.flatMap((type) => declarations.ofType(type)).flatMap((declared) => {
      const purpose = purposeOf(declared);
      return purpose ? [ownCertificate(declared, purpose)] : [];
    }),
    ...declarations.ofKind("cert-manager.io/Certificate").flatMap((declared) => {
      const secret = plain(declared.inputs.get("spec", "secretName")) ?? "";
      const purpose = secrets.get(secretKey(declared.site, declared.namespace, secret)) ?? purposeOf(declared);
      return purpose ? [issuedCertificate(declarations, hosts, nameServers, declared, purpose)] : [];
    }),
  ];
}

/** Made by Pulumi's tls provider: an `up` within the last `earlyRenewalHours` makes it anew. */
function ownCertificate(declared: Declared, purpose: Certificate["purpose"]): Certificate {
  const seconds = (name: string): Fact<number> => mapFact(declared.inputs.get(name).number(), (hours) => hours * 3600);
  const early = declared.inputs.get("earlyRenewalHours");
  return {
    name: declared.name,
    site: declared.site,
    urn: declared.urn,
    purpose,
    validity: seconds("validityPeriodHours"),
    renewBefore: early.absent ? known(0, early.source) : seconds("earlyRenewalHours"),
    // Without an early renewal the provider lets it run out (pulumi-tls 5: earlyRenewalHours is 0).
    renewedBy: early.absent || early.value === 0 ? "nobody" : "pulumi up",
    dependsOn: [],
  };
}

function issuedCertificate(
  declarations: Declarations,
  hosts: Hosts,
  nameServers: readonly NameServer[],
  declared: Declared,
  purpose: Certificate["purpose"],
): Certificate {
  const spec = declared.inputs.get("spec");
  const duration = (field: Field): Fact<number> => field.read("a duration such as 2160h", parseGoDuration);
  const validity = spec.get("duration").absent
    ? known(DURATION, spec.get("duration").source)
    : duration(spec.get("duration"));
  const percentage = spec.get("renewBeforePercentage");
  const share = percentage.absent
    ? known(RENEWED_AT, spec.get("renewBefore").source)
    : mapFact(percentage.number(), (value) => value / 100);
  const renewed = share.state === "known" ? mapFact(validity, (value) => value * share.value) : share;
  return {
    name: declared.name,
    site: declared.site,
    urn: declared.urn,
    purpose,
    validity,
    renewBefore: spec.get("renewBefore").absent ? renewed : duration(spec.get("renewBefore")),
    renewedBy: "cert-manager",
    dependsOn: challengeSites(declarations, hosts, nameServers, declared),
  };
}

/** Sites whose name server must take the DNS-01 challenge's updates. */
function challengeSites(
  declarations: Declarations,
  hosts: Hosts,
  nameServers: readonly NameServer[],
  declared: Declared,
): readonly string[] {
  const reference = declared.inputs.get("spec", "issuerRef");
  const kind = plain(reference.get("kind")) ?? "Issuer";
  const issuer = declarations
    .ofKind(`cert-manager.io/${kind}`, declared.site)
    .find(
      (one) =>
        one.name === plain(reference.get("name")) && (kind === "ClusterIssuer" || one.namespace === declared.namespace),
    );
  if (!issuer) {
    declarations.miss(
      declared,
      `its issuer ${plain(reference.get("name")) ?? "(unreadable)"} is not declared: nothing says what a renewal depends on`,
    );
    return [];
  }
  const sites = issuer.inputs
    .get("spec", "acme", "solvers")
    .items()
    .flatMap((solver): readonly string[] => {
      const server = plain(solver.get("dns01", "rfc2136", "nameserver"));
      if (server === undefined) return [];
      const { host, port } = splitHost(server);
      const { target } = hosts.resolve(issuer.site, issuer.namespace, host, port);
      if (target.state === "known" && target.value.kind === "workload") return [target.value.site];
      const records = nameServers.flatMap(({ records: all }) => all.filter(({ name }) => name === host));
      const found = records.flatMap(({ targets }) => targets.map(({ site }) => site)).filter((site) => site !== "");
      if (found.length === 0)
        declarations.miss(
          issuer,
          `the name server ${host}, which takes the challenges, leads to no site that was read`,
        );
      return found;
    });
  return [...new Set(sites)];
}

const secretKey = (site: string, namespace: string, name: string): string => `${site} ${namespace} ${name}`;

/** What each Secret of certificates is for, from those who name it. */
function secretPurposes(declarations: Declarations): ReadonlyMap<string, Certificate["purpose"]> {
  const purposes = new Map<string, Certificate["purpose"]>();
  const note = (owner: Declared, name: Field, purpose: Certificate["purpose"]): void => {
    const secret = plain(name);
    if (secret !== undefined) purposes.set(secretKey(owner.site, owner.namespace, secret), purpose);
  };
  for (const cluster of declarations.ofKind("postgresql.cnpg.io/Cluster")) {
    const spec = cluster.inputs.get("spec");
    for (const [, name] of spec.get("certificates").entries()) note(cluster, name, "postgres");
    for (const external of spec.get("externalClusters").items()) {
      for (const key of ["sslKey", "sslCert", "sslRootCert"]) note(cluster, external.get(key, "name"), "postgres");
    }
  }
  for (const member of declarations.ofKind("apps/StatefulSet")) {
    if (!declarations.ancestor(member, "holdfast:platform:MongoReplicaSet")) continue;
    for (const volume of podSpecOf(member).get("volumes").items())
      note(member, volume.get("secret", "secretName"), "mongo");
  }
  for (const store of declarations.ofKind("traefik.io/TLSStore"))
    note(store, store.inputs.get("spec", "defaultCertificate", "secretName"), "public");
  for (const route of declarations.ofKind("traefik.io/IngressRoute"))
    note(route, route.inputs.get("spec", "tls", "secretName"), "public");
  return purposes;
}

/** Secrets and certificates by the certificates that they are made from. */
function usersOf(declarations: Declarations): ReadonlyMap<string, readonly Declared[]> {
  const users = new Map<string, Declared[]>();
  for (const user of [...declarations.ofKind("/Secret"), ...TLS_TYPES.flatMap((type) => declarations.ofType(type))]) {
    const { dependencies, propertyDependencies } = user.resource;
    for (const urn of new Set([...dependencies, ...Object.values(propertyDependencies).flat()]))
      users.set(urn, [...(users.get(urn) ?? []), user]);
  }
  return users;
}
