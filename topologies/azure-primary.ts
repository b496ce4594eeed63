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
  backups: { ...masterSlave.backups, copies: [{ from: "azure", to: "aachen" }] },
  promises: {
    ...masterSlave.promises,
    claims: [
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
        fault: "site:azure",
        reads: "full",
        writes: { azure: "any", aachen: "any" },
        dataLoss: seconds(0),
        recovery: "automatic",
        source: DOCUMENT,
      },
    ],
  },
};
