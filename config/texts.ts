import { z } from "zod";

/** Kubernetes' names: what a label of DNS may be (RFC 1123). */
export const name = z
  .string()
  .regex(/^[a-z]([-a-z0-9]{0,40}[a-z0-9])?$/, "small letters, digits and hyphens; starts with a letter; 42 at most");
export const secretKey = z.string().regex(/^[a-z][A-Za-z0-9-]*$/, "a config key: letters, digits and hyphens");
export const host = z
  .string()
  .regex(/^([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z]{2,}$/, "a host name with at least one dot, small letters");
export const path = z.string().regex(/^\/[^\s`'"]*$/, "a path that starts with /, without spaces or quotes");
export const image = z
  .string()
  .regex(/^[^\s:@]+(:[0-9]+\/[^\s:@]+)?(:[\w][\w.-]*)?(@sha256:[0-9a-f]{64})?$/, "an image reference")
  .refine(
    (ref) => /@sha256:/.test(ref) || (/:[\w][\w.-]*$/.test(ref) && !ref.endsWith(":latest")),
    "a pinned tag or digest, never :latest",
  );
export const ipv4 = z.ipv4();
export const sizeText = z.string().regex(/^\d+(Mi|Gi|Ti)$/, "a size such as 512Mi, 20Gi or 4Ti");
export const durationText = z
  .string()
  .regex(/^\d+(s|min|h|d)$/, { error: "a time such as 30s, 5min, 24h or 35d", abort: true });
export const positive = z.number().positive();
export const count = z.int().min(1).max(50);

/** What the config tells of a site on whatever platform. */
export const everySite = {
  /** Mbit/s towards the internet. */
  uplinkMegabits: positive.optional(),
  /** Where the other site's gateway finds this one's, host and UDP port. */
  overlayEndpoint: z
    .string()
    .regex(/^[a-z0-9.-]+:\d{1,5}$/, "a host and a UDP port, such as overlay.example.org:51820"),
  nameServer: host,
};
