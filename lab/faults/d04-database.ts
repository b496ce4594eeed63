import { must } from "../apply/cluster.ts";
import { electionMarks, logOf, postgresIsUp } from "./databases-up.ts";
import type { Caused, Drill, Scene, SiteNames } from "./drill.ts";
import { crash, hang } from "./pods.ts";
import type { Target } from "./pods.ts";
import { promotionMarks } from "../drill/marks.ts";
import { clusterAt } from "../site/postgres-cluster.ts";

const NAMESPACE = "platform";

/** The instance that is the primary of the site's cluster. */
export const postgresPrimary = ({ primary: { site } }: Scene): Target => ({
  site,
  namespace: NAMESPACE,
  selector: `cnpg.io/cluster=pg-${site.name},cnpg.io/instanceRole=primary`,
  containers: ["postgres"],
});

/** The host by which MongoDB's members know their primary: `mongo-<site>-<member>`, with or without a domain. */
export function memberOf(host: string, site: string): string {
  const [member = ""] = host.trim().split(/[.:]/);
  if (!new RegExp(`^mongo-${site}-\\d+$`).test(member))
    throw new Error(`MongoDB's primary is ${JSON.stringify(host.trim())}, which is no member at ${site}`);
  return member;
}

/** The member of MongoDB that is the primary now, as the site's first one tells. @throws where none is, or at another site */
export async function mongoPrimary({ primary: { site } }: Scene): Promise<Target> {
  const shell = ["env", "HOME=/tmp", "mongosh", "--quiet", "--norc"];
  const ask = [...shell, "mongodb://127.0.0.1/?directConnection=true", "--eval", "print(db.hello().primary)"];
  const first = `mongo-${site.name}-0-0`;
  const host = await must(site, ["exec", first, `--namespace=${NAMESPACE}`, "--container=mongod", "--", ...ask]);
  return {
    site,
    namespace: NAMESPACE,
    selector: `app.kubernetes.io/name=${memberOf(host, site.name)}`,
    containers: ["mongod"],
  };
}

/** Kills the instance manager with all that it runs, and looks for a promotion too. */
export async function crashPostgres(scene: Scene): Promise<Awaited<ReturnType<typeof crash>>> {
  const target = postgresPrimary(scene);
  const { site } = target;
  const caused = await crash(target, { isUp: postgresIsUp });
  const faultAt = caused.at ?? Date.now();
  return {
    ...caused,
    marks: async () => {
      const { status } = await clusterAt(site);
      return [...promotionMarks(status, faultAt), ...((await caused.marks?.()) ?? [])];
    },
  };
}

/** Adds to what was seen when a member became the primary again, be it the same or another one. */
async function withElection({ primary: { site, planned } }: Scene, fault: Promise<Caused>): Promise<Caused> {
  const caused = await fault;
  const faultAt = caused.at ?? Date.now();
  const members = planned.objects.filter(
    ({ kind, metadata: { name } }) => kind === "StatefulSet" && new RegExp(`^mongo-${site.name}-\\d+$`).test(name),
  );
  return {
    ...caused,
    marks: async () => {
      const logs = await Promise.all(
        members.map(({ metadata: { name } }) =>
          logOf(site, { namespace: NAMESPACE, pod: `${name}-0`, container: "mongod" }, faultAt),
        ),
      );
      const elected = logs.flatMap((log) => electionMarks(log, faultAt)).sort((a, b) => a.at - b.at);
      return [...((await caused.marks?.()) ?? []), ...elected.slice(-1)];
    },
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
      cause: (scene) =>
        withElection(
          scene,
          mongoPrimary(scene).then((target) => crash(target)),
        ),
    },
    {
      id: "D4",
      title: "MongoDB's primary frozen",
      fault: `process:mongo@${primary}:hang`,
      hold: "recovery",
      cause: (scene) =>
        withElection(
          scene,
          mongoPrimary(scene).then((target) => hang(target, ({ command }) => command.startsWith("mongod"))),
        ),
    },
  ];
}
