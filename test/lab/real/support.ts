import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../../lab/binaries/command.ts";
import { ensureImages } from "../../../lab/images/images.ts";
import { labImages } from "../../../lab/images/recipes.ts";
import { ensureImageStore } from "../../../lab/images/store.ts";
import type { Machine } from "../../../lab/network/machine.ts";
import { Network } from "../../../lab/network/network.ts";
import { Run } from "../../../lab/network/run.ts";
import { eventually } from "../../../lab/network/wait.ts";
import type { Site } from "../../../lab/site/site.ts";

export const aachen = {
  name: "aachen",
  publicAddress: "192.0.2.10",
  podRange: "10.1.0.0/16",
  serviceRange: "10.101.0.0/16",
};
export const titan = {
  name: "titan",
  publicAddress: "198.51.100.20",
  podRange: "10.2.0.0/16",
  serviceRange: "10.102.0.0/16",
};

const begin = Date.now();
/** Tells what happens and when, so that a run shows where the time goes. */
export const report = (line: string): void =>
  void process.stderr.write(`      ${((Date.now() - begin) / 1000).toFixed(1)} s ${line}\n`);

/** A store with the images of a bare cluster. */
export const clusterImages = async (): Promise<string> =>
  ensureImageStore(await ensureImages([labImages.pause, labImages.coredns], report), report);

export async function layNetwork(): Promise<{ readonly run: Run; readonly network: Network }> {
  const begun = await Run.begin(report);
  const dns = { delegations: [], names: { "s3.aachen.example.org": aachen.publicAddress } };
  return { run: begun, network: await Network.lay(begun, [aachen, titan], dns) };
}

interface Connections {
  /** How many were made. */
  readonly answers: number;
  /** The median of the milliseconds that they took; no number without any. */
  readonly median: number;
}

const CONNECT = `
  const [host, port, times] = process.argv.slice(1);
  const once = () => new Promise((settle) => {
    const start = performance.now();
    const socket = require("node:net").connect({ host, port: Number(port), timeout: 1000 });
    socket.on("connect", () => { socket.destroy(); settle(performance.now() - start); });
    for (const bad of ["timeout", "error"]) socket.on(bad, () => { socket.destroy(); settle(undefined); });
  });
  (async () => {
    const took = [];
    for (let i = 0; i < Number(times); i++) took.push(await once());
    console.log(JSON.stringify(took.filter((one) => one !== undefined)));
  })();`;

const connectWords = (host: string, port: number, times: number): readonly string[] => [
  process.execPath,
  "-e",
  CONNECT,
  host,
  String(port),
  String(times),
];

function connections(printed: string): Connections {
  const took = (JSON.parse(printed) as number[]).sort((a, b) => a - b);
  return { answers: took.length, median: took[Math.floor(took.length / 2)] ?? NaN };
}

/** Connects to an address from a machine, some times one after the other. */
export const connect = async (from: Machine, host: string, port: number, times = 5): Promise<Connections> =>
  connections(await from.must(connectWords(host, port, times)));

/** Connects once to an address from the pod that a process, named by its id, belongs to. */
export async function connectFromPod(pid: number, host: string, port: number): Promise<Connections> {
  const { stdout, stderr } = await run("nsenter", [
    "--target",
    `${pid}`,
    "--net",
    "--",
    ...connectWords(host, port, 1),
  ]);
  if (stderr !== "") throw new Error(stderr);
  return connections(stdout);
}

/** A pod that answers HTTP on port 8080 and has a volume, behind the site's load balancer. */
export const probePod = (name: string, more: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "List",
    items: [
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { Corefile: ". {\n  health :8080\n}\n" } },
      {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name },
        spec: {
          accessModes: ["ReadWriteOnce"],
          storageClassName: "local-path",
          resources: { requests: { storage: "1Gi" } },
        },
      },
      {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name, labels: { app: name } },
        spec: {
          containers: [
            {
              name: "probe",
              image: labImages.coredns,
              imagePullPolicy: "Never",
              args: ["-conf", "/config/Corefile"],
              readinessProbe: { httpGet: { path: "/health", port: 8080 }, periodSeconds: 1 },
              volumeMounts: [
                { name: "config", mountPath: "/config" },
                { name: "data", mountPath: "/data" },
              ],
            },
          ],
          volumes: [
            { name: "config", configMap: { name } },
            { name: "data", persistentVolumeClaim: { claimName: name } },
          ],
          ...more,
        },
      },
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name },
        spec: { type: "LoadBalancer", selector: { app: name }, ports: [{ port: 8080 }] },
      },
    ],
  });

export async function apply(site: Site, objects: string): Promise<void> {
  // The account that pods run as is made by a controller, a moment after its namespace.
  const applied = async (): Promise<boolean> => {
    const { code, stderr } = await site.kubectl(["apply", "-n", "default", "-f", "-"], objects);
    if (code !== 0) throw new Error(stderr);
    return true;
  };
  await eventually(`${site.name} takes the objects`, applied, 30_000, 500);
}

/** Waits until a pod is ready by its site's own word. */
export async function podReady(site: Site, name: string): Promise<void> {
  const { code, stderr } = await site.kubectl(["wait", "--for=condition=Ready", "--timeout=60s", `pod/${name}`]);
  if (code !== 0) throw new Error(`${site.name}: ${stderr}`);
}

const link = (path: string): string => {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
};

/** The process namespaces in which a process of the lab runs: its machines', and those of their containers. */
export function labNamespaces(machines: readonly Machine[]): ReadonlySet<string> {
  const networks = new Set(machines.map(({ pid }) => link(`/proc/${pid}/ns/net`)));
  const spaces = new Set(machines.map(({ pid }) => link(`/proc/${pid}/ns/pid`)));
  const groups = (pid: string): string => {
    try {
      return readFileSync(`/proc/${pid}/cgroup`, "utf8");
    } catch {
      return "";
    }
  };
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const isInPod = (pid: string): boolean => machines.some(({ name }) => groups(pid).includes(`/holdfast-${name}/`));
  const inside = pids.filter((pid) => spaces.has(link(`/proc/${pid}/ns/pid`)) || isInPod(pid));
  const found = inside.flatMap((pid) => ["net", "pid", "mnt"].map((kind) => link(`/proc/${pid}/ns/${kind}`)));
  // One that has just ended, or may not be looked at, has none.
  return new Set([...networks, ...spaces, ...found].filter((name) => name !== ""));
}

/** Whatever of the lab is left on this machine. */
export function leftovers(namespaces: ReadonlySet<string>): readonly string[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const processes = pids.filter((pid) =>
    ["net", "pid", "mnt"].some((kind) => namespaces.has(link(`/proc/${pid}/ns/${kind}`))),
  );
  const mounts = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .filter((line) => line.includes("holdfast"));
  const loops = readdirSync("/sys/block").flatMap((name) => {
    try {
      return [readFileSync(join("/sys/block", name, "loop", "backing_file"), "utf8")];
    } catch {
      return [];
    }
  });
  const groups = readdirSync("/sys/fs/cgroup").flatMap((hierarchy) =>
    readdirSync(join("/sys/fs/cgroup", hierarchy)).filter((name) => name.startsWith("holdfast-")),
  );
  return [
    ...processes.map((pid) => `process ${pid}`),
    ...mounts.map((line) => `mount ${line}`),
    ...loops.filter((file) => file.includes("holdfast")).map((file) => `loop device of ${file}`),
    ...groups.map((name) => `control group ${name}`),
  ];
}
