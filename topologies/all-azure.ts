import { masterSlave } from "./master-slave.ts";
import type { Topology } from "./types.ts";
import { days, seconds } from "./units.ts";

const DOCUMENT = "Production Environment Architecture Proposal, solution 2";

/** S2.2-S2.5: everything in one region of Azure, spread over its availability zones; no other site has the data. */
export const allAzure: Topology = {
  ...masterSlave,
  name: "all-azure",
  title: "Everything on Azure, in one region",
  system: "S2",
  sites: [{ name: "azure", role: "primary" }],
  keyring: "azure",
  mongo: {
    ...masterSlave.mongo,
    members: {
      // One data member for each of three zones: any two elect a primary, and a majority has each acknowledged write.
      primary: { data: 3, arbiters: 0, priority: 1, votes: 1 },
      standby: { data: 0, arbiters: 0, priority: 0, votes: 0 },
    },
  },
  backups: { ...masterSlave.backups, copies: [] },
  promises: {
    ...masterSlave.promises,
    claims: [
      {
        id: "S2.3",
        title: "A zone of the region fails: replication reaches the availability goal",
        fault: "zone:azure/*",
        reads: "full",
        writes: { azure: "full" },
        dataLoss: seconds(0),
        recovery: "automatic",
        splitBrain: "impossible",
        source: DOCUMENT,
      },
      {
        id: "S2.4",
        title: "The region fails: everything stops",
        fault: "site:azure",
        reads: "none",
        writes: { azure: "none" },
        // The document does not speak of loss here; the region is expected back.
        dataLoss: days(365),
        recovery: "manual",
        source: DOCUMENT,
      },
    ],
  },
};
