"use strict";

/**
 * The next change that brings a running replica set nearer to the wanted one. MongoDB (4.4 and later) takes one voting
 * member in or out at a time, and no configuration in which the present primary can't be elected; so a switchover is a
 * row of small steps, each safe to stop at.
 *
 * Runs inside mongosh as well as in tests: no dependencies, no database.
 *
 * @param current configuration that the set runs with (`replSetGetConfig`)
 * @param wanted document of `replSetInitiate`
 * @param primary host of the present primary, as the configuration names it
 * @param answering hosts of wanted members that answer
 * @returns the new configuration and what it does, or undefined when nothing can be done now
 */
function nextStep(current, wanted, primary, answering) {
  const target = new Map(wanted.members.map((member) => [member._id, member]));
  const present = new Set(current.members.map(({ _id }) => _id));
  const missing = wanted.members.filter(({ _id }) => !present.has(_id));
  const change = (what, members, settings = current.settings) => ({
    what,
    config: { ...current, version: current.version + 1, members, settings },
  });

  // A member that does not answer is not taken in: its vote would count against the majority.
  const newcomer = missing.find(({ host }) => answering.includes(host));
  if (newcomer) {
    // One arbiter at a time (MongoDB 5.3 and later), so the old one leaves first.
    const arbiter =
      newcomer.arbiterOnly && current.members.find((member) => member.arbiterOnly && !target.has(member._id));
    if (arbiter)
      return change(
        `remove ${arbiter.host}`,
        current.members.filter((member) => member !== arbiter),
      );
    return change(`add ${newcomer.host}`, [...current.members, newcomer]);
  }

  // Nothing is taken from who can be elected before a successor has its vote.
  const heir = current.members.some(
    ({ _id, host, votes }) => host !== primary && Number(votes) > 0 && target.get(_id)?.priority > 0,
  );
  let votesMoved = 0;
  const adjusted = current.members.map((member) => {
    const wish = target.get(member._id);
    // Who is to leave must not be elected on the way.
    if (!wish && member.host !== primary) return heir ? { ...member, priority: 0 } : member;
    // The primary hands over by itself to a member of higher priority; until then it must stay electable, with its vote.
    if (member.host === primary && !(wish?.priority > 0))
      return { ...member, ...wish, votes: member.votes, priority: heir ? HANDING_OVER : member.priority };
    if (wish.votes === Number(member.votes)) return { ...member, ...wish };
    // A vote of a member that does not answer would count against the majority.
    const moves = votesMoved === 0 && (wish.votes === 0 || answering.includes(member.host));
    if (moves) votesMoved++;
    const votes = moves ? wish.votes : member.votes;
    return { ...member, ...wish, votes, priority: Number(votes) > 0 ? wish.priority : 0 };
  });
  const settings = { ...current.settings, ...wanted.settings };
  const differs = adjusted.filter((member, index) => !same(member, current.members[index]));
  if (differs.length > 0 || !same(settings, current.settings ?? {})) {
    const what = differs.length > 0 ? `adjust ${differs.map(({ host }) => host).join(", ")}` : "adjust the settings";
    return change(what, adjusted, settings);
  }

  // Members leave last, when all that replace them are there.
  const leaver = missing.length === 0 && current.members.find(({ _id, host }) => !target.has(_id) && host !== primary);
  if (leaver)
    return change(
      `remove ${leaver.host}`,
      current.members.filter((member) => member !== leaver),
    );
  return undefined;
}

/** Below every priority that a topology gives, above 0 (not electable). */
const HANDING_OVER = 0.5;

function same(a, b) {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return String(a) === String(b);
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => same(a[key], b[key]));
}

module.exports = { nextStep };
