import { masterSlave } from "./master-slave.ts";
import type { Topology } from "./types.ts";
import { days, seconds } from "./units.ts";

const DOCUMENT = "Production Environment Architecture Proposal, solution 3";

/** S3: the roles of S1 exchanged: the primary on Azure, the standby in Aachen. */
export const azurePrimary: Topology = {
  ...masterSlave,
  name: "azure-primary",
  title: "Primary on Azure, standby in Aachen",
  system: "S3",
  sites: [
    { name: "azure", role: "primary" },
    { name: "aachen", role: "standby" },
  ],
  keyring: "azure",
  mongo: {
    ...masterSlave.mongo,
    members: {
      // One for each of three zones: any two elect a primary, and a majority has each acknowledged write.
      primary: { data: 3, arbiters: 0, priority: 1, votes: 1 },
      // A fourth vote would tolerate no more failures, and have writes wait for two of three zones and the tunnel.
      standby: { data: 1, arbiters: 0, priority: 0, votes: 0 },
    },
    // Aachen has one server, which three members would share: what S1 runs there is all that it can use.
    exchanged: masterSlave.mongo.members,
  },
  backups: { ...masterSlave.backups, copies: [{ from: "azure", to: "aachen" }] },
  promises: {
    ...masterSlave.promises,
    claims: [
      {
        id: "S3.1",
        title: "Azure's region down: the whole system is read-only, as in S1 without its primary",
        fault: "site:azure",
        reads: "full",
        writes: { azure: "none", aachen: "none" },
        dataLoss: seconds(0),
        recovery: "automatic",
        source: DOCUMENT,
      },
      {
        id: "S3.2",
        title: "All storage on Azure: the data also exists in Aachen, at most 1 week lost",
        fault: "storage:azure",
        reads: "any",
        writes: { azure: "any", aachen: "any" },
        dataLoss: days(7),
        recovery: "manual",
        restoredFrom: "aachen",
        source: DOCUMENT,
      },
      {
        id: "S3.3",
        title: "The zone of the primary fails: survived",
        fault: "zone:azure/*",
        reads: "full",
        writes: { azure: "full", aachen: "full" },
        dataLoss: seconds(0),
        recovery: "automatic",
        splitBrain: "impossible",
        source: DOCUMENT,
      },
    ],
  },
};
