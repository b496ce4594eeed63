import { electionMarks, logOf, postgresIsUp } from "./databases-up.ts";
import type { Caused, Drill, Scene, SiteNames } from "./drill.ts";
import { crash, hang } from "./pods.ts";
import type { Target } from "./pods.ts";
import { promotionMarks } from "../drill/marks.ts";
import type { ClusterStatus } from "../drill/marks.ts";

const NAMESPACE = "platform";

/** The instance that is the primary of the site's cluster. */
export const postgresPrimary = ({ primary: { site } }: Scene): Target => ({
  site,
  namespace: NAMESPACE,
  selector: `cnpg.io/cluster=pg-${site.name},cnpg.io/instanceRole=primary`,
  containers: ["postgres"],
});

/** The member of MongoDB that the topology prefers as the primary. */
export const mongoPrimary = ({ primary: { site } }: Scene): Target => ({
  site,
  namespace: NAMESPACE,
  selector: `app.kubernetes.io/name=mongo-${site.name}-0`,
  containers: ["mongod"],
});

/** Kills the instance manager with all that it runs, and looks for a promotion too. */
export async function crashPostgres(scene: Scene): Promise<Awaited<ReturnType<typeof crash>>> {
  const target = postgresPrimary(scene);
  const { site } = target;
  const caused = await crash(target, { isUp: postgresIsUp });
  const faultAt = caused.at ?? Date.now();
  const path = `/apis/postgresql.cnpg.io/v1/namespaces/${NAMESPACE}/clusters/pg-${site.name}`;
  return {
    ...caused,
    marks: async () => {
      const { status } = await site.api.get<{ readonly status: ClusterStatus }>(path);
      return [...promotionMarks(status, faultAt), ...((await caused.marks?.()) ?? [])];
    },
  };
}

/** Adds to what was seen of a member when it became the primary again. */
async function withElection({ primary: { site } }: Scene, fault: Promise<Caused>): Promise<Caused> {
  const caused = await fault;
  const log = { namespace: NAMESPACE, pod: `mongo-${site.name}-0-0`, container: "mongod" };
  const faultAt = caused.at ?? Date.now();
  return {
    ...caused,
    marks: async () => [
      ...((await caused.marks?.()) ?? []),
      ...electionMarks(await logOf(site, log, faultAt), faultAt),
    ],
  };
}

/** D4: a database's primary is killed, and frozen. */
export function databaseDrills({ primary }: SiteNames): readonly Drill[] {
  return [
    {
      id: "D4",
      title: "PostgreSQL's primary killed",
      fault: `process:postgres@${primary}`,
      short: true,
      hold: "recovery",
      cause: crashPostgres,
    },
    {
      id: "D4",
      title: "PostgreSQL's primary frozen",
      fault: `process:postgres@${primary}:hang`,
      hold: "recovery",
      // The server hangs, and the manager that runs beside it in the same container does not.
      cause: (scene) => hang(postgresPrimary(scene), ({ command }) => command.startsWith("postgres")),
    },
    {
      id: "D4",
      title: "MongoDB's primary killed",
      fault: `process:mongo@${primary}`,
      short: true,
      hold: "recovery",
      cause: (scene) => withElection(scene, crash(mongoPrimary(scene))),
    },
    {
      id: "D4",
      title: "MongoDB's primary frozen",
      fault: `process:mongo@${primary}:hang`,
      hold: "recovery",
      cause: (scene) =>
        withElection(
          scene,
          hang(mongoPrimary(scene), ({ command }) => command.startsWith("mongod")),
        ),
    },
  ];
}
