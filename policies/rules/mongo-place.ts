import { valueOf } from "../../resilience/fact.ts";
import type { MongoMember, MongoReplicaSet, System } from "../../resilience/system.ts";
import { electable } from "../data.ts";
import { Findings, listed } from "../findings.ts";
import type { PlatformRule } from "../rule.ts";

export const mongoPlace: PlatformRule = {
  name: "mongo-place",
  kind: "platform",
  what: "The site that takes the writes holds every electable member of a MongoDB replica set, its arbiter, and a majority of its votes.",
  ids: ["S1.4", "C3"],
  why: "A lost link would otherwise demote the primary of the site that is to go on, or elect another one beyond it.",
  fix: "Give members at other sites priority 0, and keep the arbiter and more than half of the votes at the site that takes the writes.",
  level: "mandatory",
  subject: "a MongoDB replica set",
  evaluate({ system }) {
    const findings = new Findings();
    for (const set of system.mongo) {
      findings.subject();
      judge(system, set, findings);
    }
    return findings.verdict();
  },
};

function judge(system: System, set: MongoReplicaSet, findings: Findings): void {
  const { name, urn, members } = set;
  for (const member of members.filter((one) => one.urn === undefined))
    findings.add(
      urn,
      `${name} names ${member.name}, which nothing declared runs: its vote never counts. Run it, or take it out.`,
    );
  const sites = [...new Set(electable(set).map(({ site }) => site))].filter((site) => site !== "");
  const [active] = sites;
  if (active === undefined) return findings.add(urn, `no member of ${name} can become primary. Give one a priority.`);
  if (sites.length > 1)
    return findings.add(
      urn,
      `members of ${name} can become primary at ${listed(sites)}: ${electable(set).map(text).join(", ")}. Give those outside the site that takes the writes priority 0.`,
    );
  const takesWrites = system.postgres.filter(({ replica }) => valueOf(replica) === false).map(({ site }) => site);
  if (takesWrites.length === 1 && takesWrites[0] !== active)
    findings.add(
      urn,
      `${name} takes writes at ${active} and PostgreSQL at ${takesWrites[0] ?? ""}: the loss of either site, or of the link, stops services that need both. Move one of them.`,
    );
  for (const arbiter of members.filter((member) => member.arbiter && member.site !== "" && member.site !== active))
    findings.add(
      arbiter.urn ?? urn,
      `the arbiter ${arbiter.name} of ${name} is at ${arbiter.site}, and the primary at ${active}: a lost link takes its vote from the primary. Run it at ${active}.`,
    );
  const [own, all] = [members.filter(({ site }) => site === active), members].map(votes);
  if (own !== undefined && all !== undefined && own * 2 <= all)
    findings.add(
      urn,
      `${active} has ${own} of ${all} votes of ${name}, no majority: cut off from the other sites its primary steps down. Give it more than half of the votes.`,
    );
}

const votes = (members: readonly MongoMember[]): number => members.reduce((sum, member) => sum + member.votes, 0);
const text = ({ name, site, priority }: MongoMember): string => `${name} at ${site} (priority ${priority})`;
