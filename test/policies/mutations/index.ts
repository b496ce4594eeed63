import type { Mutation } from "../mutation.ts";
import { alertsPresent } from "./alerts-present.ts";
import { metricsScraped } from "./metrics-scraped.ts";
import { backupsExist } from "./backups-exist.ts";
import { backupsLocked } from "./backups-locked.ts";
import { backupsOffArray } from "./backups-off-array.ts";
import { backupsOffSite } from "./backups-off-site.ts";
import { backupsPrivate } from "./backups-private.ts";
import { backupsRetained } from "./backups-retained.ts";
import { copiesInTwoZones } from "./copies-in-two-zones.ts";
import { dnsLetsGo } from "./dns-lets-go.ts";
import { hungPostgres } from "./hung-postgres.ts";
import { mongoPlace } from "./mongo-place.ts";
import { mongoVotes } from "./mongo-votes.ts";
import { oneWritablePostgres } from "./one-writable-postgres.ts";
import { pointInTime } from "./point-in-time.ts";
import { raidOrReplicas } from "./raid-or-replicas.ts";
import { replicaSettings } from "./replica-settings.ts";
import { restoreTested } from "./restore-tested.ts";
import { spread } from "./spread.ts";
import { volumesSurvive } from "./volumes-survive.ts";
import { zoneRedundantCluster } from "./zone-redundant-cluster.ts";
import { zoneRedundantStorage } from "./zone-redundant-storage.ts";
import { disruptionBudgets } from "./disruption-budgets.ts";
import { pinnedImages } from "./pinned-images.ts";
import { databasesNotExposed } from "./databases-not-exposed.ts";
import { defaultDeny } from "./default-deny.ts";
import { encryptedBetweenSites } from "./encrypted-between-sites.ts";
import { noPlainSecret } from "./no-plain-secret.ts";
import { probes } from "./probes.ts";
import { requests } from "./requests.ts";
import { restrictedPods } from "./restricted-pods.ts";
import { readOnlyRoutes } from "./read-only-routes.ts";

/** At least one for every rule, as a test demands. */
export const mutations: readonly Mutation[] = [
  ...copiesInTwoZones,
  ...raidOrReplicas,
  ...backupsExist,
  ...backupsOffArray,
  ...backupsOffSite,
  ...backupsRetained,
  ...backupsLocked,
  ...backupsPrivate,
  ...pointInTime,
  ...restoreTested,
  ...volumesSurvive,
  ...mongoVotes,
  ...mongoPlace,
  ...oneWritablePostgres,
  ...replicaSettings,
  ...hungPostgres,
  ...spread,
  ...zoneRedundantCluster,
  ...zoneRedundantStorage,
  ...dnsLetsGo,
  ...metricsScraped,
  ...alertsPresent,
  ...disruptionBudgets,
  ...pinnedImages,
  ...databasesNotExposed,
  ...defaultDeny,
  ...encryptedBetweenSites,
  ...noPlainSecret,
  ...probes,
  ...requests,
  ...restrictedPods,
  ...readOnlyRoutes,
];
