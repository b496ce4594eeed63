import { known, unknown } from "../fact.ts";
import type { Fact, Source } from "../fact.ts";
import { STORE_FACTS, storeName } from "./backup-stores.ts";
import type { Declarations, Declared } from "./declarations.ts";
import { plain } from "./field.ts";
import type { Field } from "./field.ts";
import { splitHost } from "./names.ts";
import type { Hosts } from "./hosts.ts";
import { zoneOf } from "./zones.ts";

/** Finds the backup stores of the Zones behind the endpoints that backups are told. */
export class Stores {
  private readonly declarations: Declarations;
  private readonly hosts: Hosts;

  constructor(declarations: Declarations, hosts: Hosts) {
    this.declarations = declarations;
    this.hosts = hosts;
  }

  /** Name of the backup store that a workload reaches under an endpoint and a bucket. */
  find(from: Declared, endpoint: Field, bucket: Field): Fact<string> {
    const [url, name] = [endpoint.text(), bucket.text()];
    if (url.state !== "known") return url;
    if (name.state !== "known") return name;
    const place = placeOf(url.value);
    if (!place) return unknown(`${url.value} is no URL of a store`, url.source);
    const account = accountOf(place.host);
    if (account !== undefined) return this.ofAccount(account, name.value, url.source);
    const here = this.at(from.site, place.host, place.port, name.value);
    if (here !== undefined) return known(here, url.source);
    const { target } = this.hosts.resolve(from.site, from.namespace, place.host, place.port);
    if (target.state !== "known") return unknown(`${url.value} leads nowhere: ${target.why}`, url.source);
    if (target.value.kind !== "external")
      return unknown(`${url.value} is a store inside the cluster, which no Zone describes`, target.source);
    const { site, address, port } = target.value;
    const there = this.at(site, address, site === from.site ? place.port : port, name.value);
    return there === undefined
      ? unknown(`no Zone describes a store at ${address} with bucket ${name.value}`, url.source)
      : known(there, url.source);
  }

  /** An account in Azure has one name in the whole world: it may be that of any site. */
  private ofAccount(account: string, container: string, source: Source): Fact<string> {
    for (const site of this.declarations.sites) {
      const zone = zoneOf(this.declarations, site);
      const store = STORE_FACTS.map((fact) => zone.inputs.get(fact)).find(
        (one) => plain(one.get("account")) === account && plain(one.get("container")) === container,
      );
      if (store) return known(storeName(zone, store), source);
    }
    return unknown(`no Zone describes account ${account} with container ${container}`, source);
  }

  /** The store of a site's Zone, if it has this address and bucket. An undefined port is any. */
  private at(site: string, host: string, port: number | undefined, bucket: string): string | undefined {
    const store = zoneOf(this.declarations, site).inputs.get("backupStore");
    const place = placeOf(plain(store.get("endpoint")) ?? "");
    const same =
      place?.host === host && (port === undefined || place.port === port) && plain(store.get("bucket")) === bucket;
    return same ? (plain(store.get("name")) ?? `backup-${site}`) : undefined;
  }
}

/** The account that answers at a host of Azure Blob Storage (the public cloud's). */
function accountOf(host: string): string | undefined {
  return /^([a-z0-9]{3,24})\.blob\.core\.windows\.net$/.exec(host)?.[1];
}

/** Host and port of an S3 endpoint; without a scheme or port, HTTPS and its own. */
function placeOf(endpoint: string): { readonly host: string; readonly port: number } | undefined {
  const match = /^(?:(https?):\/\/)?([^/]+?)\/*$/.exec(endpoint);
  if (!match?.[2]) return undefined;
  const { host, port } = splitHost(match[2]);
  return { host, port: port ?? (match[1] === "http" ? 80 : 443) };
}
