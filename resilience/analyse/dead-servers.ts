import { valueOf } from "../fact.ts";
import type { Server, System } from "../system.ts";
import type { Broken } from "./world.ts";

/** Servers whose own system lay on an array that is lost: they die with it, as if they had lost power. */
export function serversDying(system: System, broken: Broken): readonly string[] {
  return standing(system, broken)
    .filter((server) => broken.has(`array:${server.name}/${valueOf(server.systemArray) ?? ""}`))
    .map(({ name }) => name);
}

/** Servers of which nobody can tell: where their system lies is not known, or whether that array is lost. */
export function serversInDoubt(system: System, broken: Broken): readonly Server[] {
  return standing(system, broken).filter(({ name, arrays, systemArray }) => {
    const own = valueOf(systemArray);
    return own === undefined
      ? arrays.some((array) => broken.has(`array:${name}/${array.name}`) || broken.has(`array?:${name}/${array.name}`))
      : broken.has(`array?:${name}/${own}`);
  });
}

function standing(system: System, broken: Broken): readonly Server[] {
  return system.sites
    .filter(({ name }) => !broken.has(`site:${name}`))
    .flatMap(({ servers }) => servers)
    .filter(({ name }) => !broken.has(`server:${name}`));
}
