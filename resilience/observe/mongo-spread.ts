import { known } from "../fact.ts";
import type { Fact } from "../fact.ts";
import type { MongoMember, SpreadDomain } from "../system.ts";
import type { Declared, Declarations } from "./declarations.ts";
import { podSpecOf } from "./mounts.ts";
import { selectsWorkload } from "./selectors.ts";
import { domainOf, strictTerms } from "./spread.ts";

/** The member with what keeps its pod apart from those of the other members of its site. */
export function withApartness(
  declarations: Declarations,
  member: MongoMember,
  members: readonly MongoMember[],
): MongoMember {
  const declared = member.urn === undefined ? undefined : declarations.byUrn(member.urn);
  if (!declared) return member;
  const others = members
    .filter((other) => other !== member && other.site === member.site)
    .flatMap(({ urn }) => (urn === undefined ? [] : (declarations.byUrn(urn) ?? [])));
  return { ...member, apart: apartness(declared, others) };
}

/** Each member is a workload of its own: a rule counts only if its selector chooses all the others' pods. */
function apartness(workload: Declared, others: readonly Declared[]): Fact<SpreadDomain | "none"> {
  const podSpec = podSpecOf(workload);
  const rules = strictTerms(podSpec).filter(({ selector }) =>
    others.every((other) => selectsWorkload(selector, other)),
  );
  for (const domain of ["zone", "node"] as const) {
    const rule = rules.find(({ key }) => domainOf(key.value) === domain);
    if (rule) return known(domain, rule.rule.source);
  }
  return known("none", podSpec.get("affinity").source);
}
