import { valueOf } from "../fact.ts";
import type { Link, ManagedStorage, Server, Site, System } from "../system.ts";
import { mostHit, TOGETHER } from "./placement.ts";
import type { Apart } from "./placement.ts";
import type { Trail } from "./trail.ts";
import { all, tri } from "./tri.ts";
import type { Tri } from "./tri.ts";

/**
 * What is broken, as keys: `site:aachen`, `server:aachen-1`, `array:aachen-1/data` (lost) or `array?:…` (not known
 * whether), `zone:azure/1`, `provider:azure`, `volumes:` a site (all that its provider keeps for it), `store:` a backup store
 * (lost; `store?:` not known whether; `elsewhere:` but for copies in another region), `address:` or `address?:` a site, `cut:aachen>titan`, `process:core@aachen`, `gateway:`, `dns:`, `control-plane:`, `backup-store:` a site,
 * `corrupted:postgres`, `expired:postgres@aachen`; and what is only on its way back: `moving:` a site (pods wait for
 * eviction), `endpoints:` a site (dead servers' pods are still in its Services), `failover:` a cluster, `election:` a replica set, `driver:` a site (MongoDB's clients have not noticed),
 * `stale-dns:` a site (clients are still sent there), `noticing:core@aachen` (its pods' readiness has not failed yet),
 * `unready:core@aachen` (nor passed again since).
 */
export type Broken = ReadonlySet<string>;

/** A system in a state of damage, with the questions that reachability comes down to. */
export class World {
  readonly system: System;
  readonly broken: Broken;
  readonly trail: Trail;

  constructor(system: System, broken: Broken, trail: Trail) {
    this.system = system;
    this.broken = broken;
    this.trail = trail;
  }

  has(key: string): boolean {
    return this.broken.has(key);
  }

  site(name: string): Site | undefined {
    return this.system.sites.find((site) => site.name === name);
  }

  /** Servers of a site that still run; a site that declares none counts as one that can't be told. */
  serversUp(site: Site): readonly Server[] {
    return this.has(`site:${site.name}`) ? [] : site.servers.filter(({ name }) => !this.has(`server:${name}`));
  }

  /** Has the site power, network and a server? */
  siteUp(name: string): Tri {
    const site = this.site(name);
    if (!site) {
      this.trail.missing(`site ${name} is named but no stack declares it`);
      return "unknown";
    }
    if (this.has(`site:${name}`)) {
      this.trail.say(`${name} is down: nothing there answers`, site.urn);
      return "no";
    }
    if (site.servers.length === 0) {
      this.trail.missing(`no servers of ${name} are declared`, site.urn);
      return "unknown";
    }
    if (this.serversUp(site).length === 0) {
      this.trail.say(
        `${site.servers.map((server) => server.name).join(" and ")} was all that ${name} has: nothing there answers`,
        site.urn,
      );
      return "no";
    }
    return "yes";
  }

  /**
   * Does one of a workload's pods, which need no volume, run at the site now? After a server's death they were on it at
   * worst, as far as no rule keeps them apart, until they have moved.
   */
  podsUp(siteName: string, replicas = 1, apart: Apart = TOGETHER): Tri {
    const up = this.siteUp(siteName);
    const site = this.site(siteName);
    if (up !== "yes" || !site || !this.has(`moving:${siteName}`)) return up;
    return tri(mostHit(this, site, replicas, apart) < replicas);
  }

  /** Are requests still sent to pods that died with their server, beside those that live? None of these takes them over. */
  sendsToDeadPods(siteName: string, replicas: number, apart: Apart): boolean {
    const site = this.site(siteName);
    return site !== undefined && this.has(`endpoints:${siteName}`) && mostHit(this, site, replicas, apart) > 0;
  }

  /** The provider's storage that a class of the site stands for; undefined where its volumes lie on a server's disks. */
  managed(siteName: string, storageClass: string | undefined): ManagedStorage | undefined {
    return this.site(siteName)?.managedStorage?.find(({ name }) => name === storageClass);
  }

  /** The array of one server: `no` if it is lost. */
  arrayKept(server: string, array: string): Tri {
    if (this.has(`array:${server}/${array}`)) return "no";
    return this.has(`array?:${server}/${array}`) ? "unknown" : "yes";
  }

  /** Does a tunnel work from one site to the other, and back? TCP needs both directions. */
  linkUp(a: string, b: string): Tri {
    if (a === b) return "yes";
    const there = this.declared(a, b);
    const back = this.declared(b, a);
    if (!there || !back) {
      this.trail.say(`no tunnel between ${a} and ${b} is declared on both sides`, there?.urn ?? back?.urn);
      return "no";
    }
    const lost = [`${a}>${b}`, `${b}>${a}`].filter((way) => this.has(`cut:${way}`));
    if (lost.length > 0) {
      const oneWay =
        lost.length === 1 ? `: ${lost[0] ?? ""} alone is lost, but TCP and WireGuard's handshake need both ways` : "";
      this.trail.say(`the link between ${a} and ${b} carries nothing${oneWay}`, there.urn, back.urn);
      return "no";
    }
    const closed = [there, back].find(({ carries }) => carries.length === 0);
    if (closed) {
      this.trail.say(
        `nothing at ${closed.from} gets into its gateway: no Service leads through it to ${closed.to}, or NetworkPolicies keep everybody out`,
        closed.urn,
      );
      return "no";
    }
    return all([this.gatewayUp(there), this.gatewayUp(back), this.siteUp(a), this.siteUp(b)]);
  }

  /** Does a tunnel that is declared lead nowhere, so that what is sent into it is neither answered nor refused? */
  silentBetween(a: string, b: string): boolean {
    if (!this.declared(a, b) || !this.declared(b, a)) return false;
    const cut = this.has(`cut:${a}>${b}`) || this.has(`cut:${b}>${a}`);
    const site = this.site(b);
    const dead = site !== undefined && site.servers.length > 0 && this.serversUp(site).length === 0;
    return !this.has(`gateway:${a}`) && (cut || this.has(`gateway:${b}`) || dead);
  }

  private declared(from: string, to: string): Link | undefined {
    return this.system.links.find((link) => link.from === from && link.to === to);
  }

  private gatewayUp(link: Link): Tri {
    if (this.has(`gateway:${link.from}`)) {
      this.trail.say(
        `the overlay's gateway at ${link.from} is dead: the tunnel is as good as cut until it is back`,
        link.urn,
      );
      return "no";
    }
    const count = this.trail.read(link.gateways, `gateways of ${link.from}`);
    if (count === undefined) return "unknown";
    const server = link.server && valueOf(link.server);
    const runs =
      server !== undefined && !this.has(`server:${server}`) ? this.siteUp(link.from) : this.podsUp(link.from);
    return all([tri(count > 0), this.addressUp(link.from), runs]);
  }

  /** Is the public address there by which others come in? */
  addressUp(siteName: string): Tri {
    const urn = this.site(siteName)?.urn;
    if (this.has(`address:${siteName}`)) {
      this.trail.say(`the public address of ${siteName} is held in the dead zone alone: nobody comes in`, urn);
      return "no";
    }
    if (!this.has(`address?:${siteName}`)) return "yes";
    this.trail.missing(`which zones hold the public address of ${siteName}`, urn);
    return "unknown";
  }

  /** Sites that one site reaches, itself included. */
  reachable(from: string): readonly string[] {
    return this.system.sites
      .map(({ name }) => name)
      .filter((name) => name === from || this.linkUp(from, name) === "yes");
  }

  /** Servers at a site that hold the array of a storage class, or `undefined` if the class's array is not known. */
  arraysOf(
    siteName: string,
    storageClass: string | undefined,
  ): readonly { readonly server: string; readonly array: string }[] | undefined {
    const site = this.site(siteName);
    const declared = site?.storageClasses.find(({ name }) => name === storageClass);
    const array = declared && valueOf(declared.array);
    if (!site || array === undefined) return undefined;
    return site.servers
      .filter((server) => server.arrays.some(({ name }) => name === array))
      .map((server) => ({ server: server.name, array }));
  }

  /** Is some array of the site lost, or possibly lost? Only then does it matter where a volume lies. */
  storageTouched(siteName: string): boolean {
    if (this.has(`volumes:${siteName}`)) return true;
    const servers = this.site(siteName)?.servers ?? [];
    return servers.some((server) => server.arrays.some((array) => this.arrayKept(server.name, array.name) !== "yes"));
  }

  /** The control plane, on which failover, eviction and scheduling depend. */
  controlPlaneUp(siteName: string): Tri {
    const site = this.site(siteName);
    if (!site || this.has(`control-plane:${siteName}`) || this.has(`site:${siteName}`)) return "no";
    const where = this.trail.read(site.controlPlane, `where the control plane of ${siteName} runs`);
    if (where === undefined) return "unknown";
    const dead = (server: Server): boolean => this.has(`server:${server.name}`);
    if (where === "provider" || !site.servers.some(dead)) return "yes";
    if (site.servers.every(dead)) return "no";
    if (site.servers.some(({ controlPlane }) => valueOf(controlPlane) === undefined)) {
      this.trail.missing(
        `whether the control plane of ${siteName} survives the loss of one of its servers is not declared (servers[].controlPlane)`,
        site.urn,
      );
      return "unknown";
    }
    const members = site.servers.filter(({ controlPlane }) => valueOf(controlPlane) === true);
    const alive = members.filter((server) => !dead(server)).length;
    const majority = alive > members.length / 2;
    this.trail.say(
      `${alive} of ${members.length} members of ${siteName}'s control plane live: ${majority ? "a majority, it goes on" : "no majority, so nothing is failed over or started anew"}`,
      site.urn,
    );
    return tri(majority);
  }
}
