import { at, change, object } from "../mutation.ts";
import type { Mutation } from "../mutation.ts";

export const dnsLetsGo: readonly Mutation[] = [
  {
    rule: "dns-lets-go",
    what: "the records are static",
    says: /my\.appserver\.test leads to 192\.0\.2\.10, 198\.51\.100\.20 whether they answer or not/,
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
    says: /stays in the answers for my\.appserver\.test for 60\.1 min/,
    change: change(at("titan", object("ConfigMap", "nameserver")), ({ data }) => {
      data["zone.db"] = String(data["zone.db"]).replace(/^(\S+) \d+ (IN LUA A .*)$/gm, "$1 3600 $2");
    }),
  },
  {
    rule: "dns-lets-go",
    what: "the record names the own address twice",
    says: /my\.appserver\.test leads to 192\.0\.2\.10 alone/,
    change: change(at("aachen", object("ConfigMap", "nameserver")), ({ data }) => {
      data["zone.db"] = String(data["zone.db"]).replace(/(LUA A .*)$/gm, (record) =>
        record.replaceAll("198.51.100.20", "192.0.2.10"),
      );
    }),
  },
];
