/** Label of the zone that holds the challenges of DNS-01, below the platform's domain. */
const CHALLENGE_LABEL = "_challenge";

/** Label below a host at which its challenge is looked for (RFC 8555, section 8.4). */
export const CHALLENGE_ALIAS = "_acme-challenge";

export const challengeZoneOf = (domain: string): string => `${CHALLENGE_LABEL}.${domain}`;
