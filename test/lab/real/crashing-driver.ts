import { Site } from "../../../lab/site/site.ts";
import { aachen, clusterImages, labNamespaces, layNetwork, report } from "./support.ts";

/** Brings up a site, prints the namespaces that it lives in, and waits to be killed or interrupted. */
async function main(): Promise<void> {
  const imageStore = await clusterImages();
  const { run, network } = await layNetwork();
  const arrays = [{ name: "data", level: "raid1", disks: 2, storageClasses: ["local-path"], system: true }] as const;
  const servers = [{ name: "aachen-1", controlPlane: true, arrays }];
  const site = await Site.up(
    { net: aachen, servers, imageStore, resolver: network.resolver },
    { run, network, report },
  );
  const machines = [network.world, network.clients("aachen"), site.server("aachen-1").machine];
  run.endOnSignals(report);
  process.stdout.write(`${JSON.stringify([...labNamespaces(machines)])}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
