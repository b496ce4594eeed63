import { valueOf } from "../fact.ts";
import type { Backup, System } from "../system.ts";
import { accountKept, BEHIND, isBehind, zoneStopped } from "./accounts.ts";
import type { Step } from "./history.ts";
import type { Tri } from "./tri.ts";
import type { World } from "./world.ts";

/** Something that lost data can be brought back from. */
export interface Source {
  readonly from: string;
  /** Site where it lies. */
  readonly site: string;
  /** Seconds of writes that it misses at worst; `null`: as many as the time since it stopped, which nothing bounds. */
  readonly seconds: number | null;
  readonly exists: Tri;
  readonly text: string;
  readonly urns: readonly string[];
  readonly kind: "standby" | "log" | "base" | "copy";
}

/** Names under which backups know a subject: a cluster, a replica set, a volume. */
export type Names = readonly string[];

/** The names that backups have for a subject of an outcome's losses. */
export function namesOf(system: System, subject: string): Names {
  if (subject === "postgres")
    return ["postgres", ...system.postgres.filter(({ replica }) => valueOf(replica) !== true).map(({ name }) => name)];
  const volume = /^uploads:(.+)@/.exec(subject)?.[1];
  return volume === undefined
    ? [subject, ...system.mongo.map(({ name }) => name)]
    : [volume, `uploads-${volume}`, "uploads"];
}

/** All backup stores that hold something of a subject, as they are at the end, and how far behind they were when it was lost. */
export function backupSources(system: System, names: Names, lostIn: Step, end: World): readonly Source[] {
  return system.backupStores.flatMap((store) => held(system, names, store.name, lostIn.before, end, []));
}

function held(
  system: System,
  names: Names,
  store: string,
  before: World,
  end: World,
  visited: readonly string[],
): readonly Source[] {
  const declared = system.backupStores.find(({ name }) => name === store);
  if (!declared || visited.includes(store)) return [];
  const exists = storeKept(end, store);
  const into = system.backups.filter(({ to }) => to.state === "known" && to.value === store);
  // How old a copy of it is does not depend on what becomes of it afterwards.
  const behind = visited.length === 0 && isBehind(end, declared);
  const direct = into.filter(
    ({ kind, subject }) =>
      kind !== "copy" && kind !== "restore-test" && subject.state === "known" && names.includes(subject.value),
  );
  const found: Source[] = [];
  for (const backup of direct) {
    if (backup.kind === "archive" && !direct.some(({ kind }) => kind === "base")) {
      end.trail.say(`the log in ${store} has no base backup beside it: nothing can be restored from it`, backup.urn);
      continue;
    }
    const kind = backup.kind === "archive" ? "log" : "base";
    const label =
      kind === "log" ? `archive ${store}` : `${backup.kind === "files" ? "files backup" : "base backup"} ${store}`;
    found.push({
      from: label,
      site: declared.site,
      exists,
      kind,
      urns: [backup.urn, declared.urn],
      ...late(age(backup, 0, before, end, label), behind),
    });
  }
  for (const backup of into.filter(({ kind }) => kind === "copy")) {
    const origin =
      backup.from.state === "known"
        ? backup.from.value
        : backup.subject.state === "known"
          ? backup.subject.value
          : undefined;
    const originName = system.backupStores.find(
      ({ name, site }) => name === origin || (site === origin && name !== store),
    )?.name;
    if (originName === undefined) continue;
    for (const inner of held(system, names, originName, before, end, [...visited, store])) {
      const label = `copy of ${inner.from} on ${declared.site}`;
      found.push({
        from: label,
        site: declared.site,
        exists,
        kind: "copy",
        urns: [backup.urn, declared.urn, ...inner.urns],
        ...late(age(backup, inner.seconds, before, end, label), behind),
      });
    }
  }
  return found;
}

type Age = Pick<Source, "seconds" | "text">;

/** @param behind are only copies left that are made with a delay which nothing bounds? */
const late = (age: Age, behind: boolean): Age => (behind ? { seconds: null, text: `${age.text}, ${BEHIND}` } : age);

/** Worst age: the time between two runs, on top of the age of what is copied; without a limit once the runs have stopped. */
function age(backup: Backup, inner: number | null, before: World, end: World, label: string): Age {
  const interval = end.trail.read(backup.interval, `schedule of ${label}`);
  const stopped = stoppedBefore(backup, before);
  if (stopped) return { seconds: null, text: `${label} stopped before the loss: ${stopped}` };
  if (interval === undefined || inner === null)
    return { seconds: null, text: `how old ${label} may be is not bounded` };
  return {
    seconds: interval + inner,
    text: `${label} is at most ${interval + inner} s old${inner > 0 ? ` (${interval} s between copies, of what was up to ${inner} s old)` : ""}`,
  };
}

function stoppedBefore(backup: Backup, before: World): string | undefined {
  const siteOf = (name: string): string | undefined =>
    before.system.backupStores.find((store) => store.name === name)?.site;
  const target = backup.to.state === "known" ? siteOf(backup.to.value) : undefined;
  const origin = backup.from.state === "known" ? (siteOf(backup.from.value) ?? backup.from.value) : undefined;
  for (const site of new Set([target, origin, backup.site])) {
    if (site === undefined) continue;
    if (before.has(`site:${site}`)) return `${site} was down`;
    if (site !== backup.site && before.site(site) && muteLink(before, backup.site, site))
      return `the link between ${backup.site} and ${site} was cut`;
  }
  const zone = backup.to.state === "known" ? zoneStopped(before, backup.to.value) : undefined;
  if (zone !== undefined) return zone;
  if (target !== undefined && before.has(`backup-store:${target}`)) return `the store at ${target} was down`;
  if (backup.kind !== "archive" && before.has(`control-plane:${backup.site}`))
    return `without the control plane of ${backup.site} no scheduled job ran`;
  if (backup.kind === "copy" && origin !== undefined && before.has(`backup-store:${origin}`))
    return `the store at ${origin} was down`;
  return undefined;
}

function muteLink(world: World, a: string, b: string): boolean {
  return world.has(`cut:${a}>${b}`) || world.has(`cut:${b}>${a}`);
}

/** Is what a store holds still there? */
export function storeKept(world: World, name: string): Tri {
  const store = world.system.backupStores.find((each) => each.name === name);
  if (!store) return "no";
  if (store.redundancy) return accountKept(world, store);
  const touched = world.storageTouched(store.site);
  if (!touched) return "yes";
  const array = world.trail.read(store.array, `the array on which ${name} lies`);
  if (!array) return "unknown";
  const kept = world.arrayKept(array.server, array.array);
  if (kept === "no")
    world.trail.say(
      `${name} lay on array ${array.array} of ${array.server}, which is lost: its backups are gone with it`,
      store.urn,
    );
  return kept;
}

/** The source that loses least; one whose age has no limit only if there is no other. */
export function best(sources: readonly Source[]): Source | undefined {
  const usable = sources.filter(({ exists }) => exists === "yes");
  return [...usable].sort((a, b) => (a.seconds ?? Infinity) - (b.seconds ?? Infinity))[0];
}
