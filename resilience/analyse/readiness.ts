import { ENDPOINT_SYNC } from "../constants.ts";
import { valueOf } from "../fact.ts";
import type { Service } from "../system.ts";
import { allStages, constantStage, heal, stageOf } from "./restart.ts";
import type { Heal } from "./restart.ts";
import { storeState } from "./serve.ts";
import { Trail } from "./trail.ts";
import type { Tri } from "./tri.ts";
import { World } from "./world.ts";

/**
 * Services whose readiness watches a store that is away now: their pods leave the endpoints when it has failed, and come
 * back one passed probe after the store.
 *
 * @param direct what comes back by itself, the stores among it
 */
export function readinessHeals(before: World, after: World, direct: readonly Heal[]): readonly Heal[] {
  return after.system.services
    .filter((service) => valueOf(service.watchesStore) === true && service.store)
    .filter((service) => reached(before, service) !== "no" && reached(after, service) === "no")
    .flatMap((service) => [leaves(service, after.trail), ...returns(service, after, direct)]);
}

function reached(world: World, service: Service): Tri {
  return storeState(new World(world.system, world.broken, new Trail()), service).reached;
}

const connected = constantStage("connected", ENDPOINT_SYNC);

function leaves(service: Service, trail: Trail): Heal {
  const failed = stageOf("detected", service.unready, `readiness probe of ${service.name} at ${service.site}`, trail);
  return heal([`noticing:${service.name}@${service.site}`], allStages([failed, connected]));
}

/** The first time at which enough has healed for the store to be there again, and a probe after that. */
function returns(service: Service, after: World, direct: readonly Heal[]): readonly Heal[] {
  const key = [`unready:${service.name}@${service.site}`];
  const timed = direct
    .filter(({ seconds }) => seconds !== Infinity)
    .sort((a, b) => (a.seconds ?? Infinity) - (b.seconds ?? Infinity));
  const broken = new Set(after.broken);
  for (const { keys, stages, seconds } of timed) {
    for (const healed of keys) broken.delete(healed);
    if (reached(new World(after.system, broken, new Trail()), service) === "no") continue;
    const what = `readiness probe of ${service.name} at ${service.site}`;
    const passed = stageOf("ready again", service.readyAgain, what, after.trail);
    return [heal(key, seconds === null ? undefined : allStages([...stages, passed, connected]))];
  }
  return [];
}
