import type { Server } from "node:http";
import { hostname, networkInterfaces } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { frontendServer } from "./frontend.ts";
import { MEDIA_FOLDER } from "./media.ts";
import { platformServer } from "./server.ts";
import type { Pod, Store } from "./store.ts";

/** Ports as the manifests name them. */
const SERVICE_PORT = 8084;
const FRONTEND_PORT = 8083;
const AGAIN_MILLISECONDS = 1000;

function podOf(): Pod {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const address = addresses.find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? "";
  return { name: hostname(), address };
}

/** A service knows one driver only, so an image holds only that one. */
async function storeOf(service: "core" | "events" | "alastair", pod: Pod): Promise<Store> {
  if (service !== "alastair") {
    const { PostgresStore } = await import("./postgres.ts");
    return new PostgresStore(service, pod, process.env);
  }
  const { MongoStore } = await import("./mongo.ts");
  const store = new MongoStore(pod, process.env);
  void (async (): Promise<void> => {
    for (;;) {
      try {
        return await store.prepare();
      } catch (error) {
        process.stderr.write(`index: ${error instanceof Error ? error.message : String(error)}\n`);
        await sleep(AGAIN_MILLISECONDS);
      }
    }
  })();
  return store;
}

function serve(server: Server, port: number, close: () => Promise<void>): void {
  const stop = (): void => {
    server.close(() => void close().finally(() => process.exit(0)));
    server.closeIdleConnections();
  };
  process.on("SIGTERM", stop).on("SIGINT", stop);
  server.listen(port, "0.0.0.0");
}

async function start(service: string | undefined): Promise<void> {
  switch (service) {
    case "frontend":
      return serve(frontendServer(), FRONTEND_PORT, () => Promise.resolve());
    case "core":
    case "events":
    case "alastair": {
      const pod = podOf();
      const store = await storeOf(service, pod);
      const server = platformServer({ name: service, pod, store, media: process.env["MEDIA_FOLDER"] ?? MEDIA_FOLDER });
      return serve(server, Number(process.env["PORT"] ?? SERVICE_PORT), () => store.close());
    }
    default:
      throw new Error(`no service ${service ?? "was named"}: core, events, alastair or frontend is wanted`);
  }
}

start(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
