import { known, unknown } from "../fact.ts";
import type { Fact } from "../fact.ts";
import type { PostgresCluster } from "../system.ts";
import type { Declarations, Declared } from "./declarations.ts";
import { orDefault, plain } from "./field.ts";
import type { Field } from "./field.ts";
import { parseQuantity } from "./quantities.ts";

const BARMAN_PLUGIN = "barman-cloud.cloudnative-pg.io";

const pluginsIn = (spec: Field): readonly Field[] =>
  spec
    .get("plugins")
    .items()
    .filter((one) => plain(one.get("name")) === BARMAN_PLUGIN);

/** The plug-in that archives a cluster's log. */
const archiverIn = (spec: Field): Field | undefined =>
  pluginsIn(spec).find((one) => one.get("enabled").value !== false && one.get("isWALArchiver").value === true);

/** The object store that a cluster archives to: by the name of its resource, or, in the older settings, by its path. */
export function archiveOf(spec: Field): Fact<string | undefined> {
  const plugins = spec.get("plugins");
  if (plugins.pending || plugins.secret) return plugins.read("plug-ins", () => undefined);
  const plugin = archiverIn(spec);
  if (plugin) return plugin.get("parameters", "barmanObjectName").text();
  const inTree = spec.get("backup", "barmanObjectStore");
  return inTree.absent ? known(undefined, plugins.source) : inTree.get("destinationPath").text();
}

/**
 * The ObjectStore of a cluster's plug-in, whether that archives or only restores; undefined: it has no such plug-in.
 *
 * @returns unknown where no such ObjectStore is declared
 */
export function objectStoreOf(declarations: Declarations, cluster: Declared): Fact<Declared> | undefined {
  const [plugin] = pluginsIn(cluster.inputs.get("spec"));
  if (!plugin) return undefined;
  const name = plugin.get("parameters", "barmanObjectName").text();
  if (name.state !== "known") return name;
  const store = declarations.find(cluster.site, "barmancloud.cnpg.io/ObjectStore", cluster.namespace, name.value);
  return store
    ? known(store, name.source)
    : unknown(`ObjectStore ${name.value} is not declared at ${cluster.site}`, name.source);
}

/** How what asks the archive is placed: in a container of its own, or, with the older settings, in PostgreSQL's. */
export function archiveAccessOf(declarations: Declarations, cluster: Declared): Pick<PostgresCluster, "archiveAccess"> {
  const spec = cluster.inputs.get("spec");
  if (archiverIn(spec)) {
    const store = objectStoreOf(declarations, cluster);
    if (store?.state !== "known") return store ? { archiveAccess: { share: store, parallel: store } } : {};
    const own = store.value.inputs.get("spec");
    const wal = own.get("configuration", "wal");
    return { archiveAccess: accessOf(own.get("instanceSidecarConfiguration", "resources"), wal) };
  }
  const inTree = spec.get("backup", "barmanObjectStore");
  return inTree.absent ? {} : { archiveAccess: accessOf(spec.get("resources"), inTree.get("wal")) };
}

/** Kubernetes takes a limit for the request where only that is given. */
function accessOf(resources: Field, wal: Field): NonNullable<PostgresCluster["archiveAccess"]> {
  const request = resources.get("requests", "cpu");
  const share = request.absent ? resources.get("limits", "cpu") : request;
  const parallel = wal.get("maxParallel");
  return {
    share: orDefault(share, share.read("an amount of processors such as 250m", parseQuantity), 0),
    parallel: orDefault(parallel, parallel.number(), 1),
  };
}
