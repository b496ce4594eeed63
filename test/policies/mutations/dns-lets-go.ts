import { at, change, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const dnsLetsGo: readonly Mutation[] = [
  {
    rule: "dns-lets-go",
    what: "the records are static",
    change: change(at("aachen", object("ConfigMap", "nameserver")), ({ data }) => {
      data["zone.db"] = String(data["zone.db"]).replace(
        /^(\S+ \d+ IN) LUA A .*$/gm,
        "$1 A 192.0.2.10\n$1 A 198.51.100.20",
      );
    }),
  },
  {
    rule: "dns-lets-go",
    what: "answers are kept for an hour",
    change: change(at("titan", object("ConfigMap", "nameserver")), ({ data }) => {
      data["zone.db"] = String(data["zone.db"]).replace(/^(\S+) \d+ (IN LUA A .*)$/gm, "$1 3600 $2");
    }),
  },
];
