/** Names of the policies by which the pack tells what it did not judge; frozen, as users' configs name them. */
export const LEFT = "left-to-plan-and-check";
export const PENDING_UNTIL_UP = "judged-only-after-an-up";
export const OWN_POLICIES: readonly string[] = [LEFT, PENDING_UNTIL_UP];
