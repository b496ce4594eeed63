import type { MongoReplicaSet } from "../../resilience/system.ts";
import { Findings, listed } from "../findings.ts";
import { expectsData } from "../keys-awaited.ts";
import type { StackRule } from "../rule.ts";

/** Voting members that a replica set may have at the most (MongoDB 7.0 manual, replica set limits). */
const MOST_VOTES = 7;

export const mongoVotes: StackRule = {
  name: "mongo-votes",
  kind: "stack",
  what: "A MongoDB replica set has an odd number of votes, seven at the most, and one arbiter at the most.",
  ids: ["S1.4"],
  why: "An even number tolerates no more failures than one vote less, and can be split in halves that both lack a majority; a second arbiter votes for writes that nobody holds.",
  fix: "Set votes and members of the replica set's configuration so that an odd number of at most seven votes.",
  level: "mandatory",
  subject: "the configuration of a MongoDB replica set",
  // The site that takes the writes applies it; a standby's stack has its member without the configuration.
  expected: (view) => expectsData(view) || view.system.mongo.length > 0,
  evaluate({ system }) {
    const findings = new Findings();
    for (const set of system.mongo) {
      findings.subject();
      judge(set, findings);
    }
    return findings.verdict();
  },
};

function judge({ name, urn, members }: MongoReplicaSet, findings: Findings): void {
  const voting = members.filter(({ votes }) => votes > 0);
  const names = listed(voting.map((member) => member.name));
  if (voting.length % 2 === 0)
    findings.add(
      urn,
      `${voting.length} members of ${name} vote (${names}), an even number. Add a vote, or take one away.`,
    );
  if (voting.length > MOST_VOTES)
    findings.add(
      urn,
      `${voting.length} members of ${name} vote (${names}), and MongoDB takes ${MOST_VOTES} at the most. Set votes: 0 for the others.`,
    );
  const arbiters = members.filter(({ arbiter }) => arbiter);
  if (arbiters.length > 1)
    findings.add(
      urn,
      `${name} has ${arbiters.length} arbiters (${listed(arbiters.map((member) => member.name))}): with one data member down, those may keep a majority that holds no majority of the data. Keep one at the most.`,
    );
  for (const member of members) {
    if (member.votes !== 0 && member.votes !== 1)
      findings.add(urn, `${member.name} of ${name} has ${member.votes} votes, and MongoDB takes 0 or 1. Change it.`);
    if (member.votes === 0 && member.priority > 0)
      findings.add(
        urn,
        `${member.name} of ${name} has priority ${member.priority} and no vote, which MongoDB refuses. Give it a vote, or priority 0.`,
      );
  }
}
