import { expect } from "chai";
import { ensureTools } from "../../../lab/binaries/ensure.ts";
import { ensureImages } from "../../../lab/images/images.ts";
import { labImages } from "../../../lab/images/recipes.ts";
import { ensureImageStore } from "../../../lab/images/store.ts";
import type { Run } from "../../../lab/network/run.ts";
import { openDrillAuthority } from "../../../lab/site/drill-authority.ts";
import { Site } from "../../../lab/site/site.ts";
import { askStore } from "../../../lab/stage/s3.ts";
import { startStore } from "../../../lab/stage/store.ts";
import { aachen, apply, layNetwork, report } from "./support.ts";

const RESTIC = "docker.io/restic/restic:0.19.1";
const host = "s3.aachen.example.org";
const store = {
  endpoint: `https://${host}:9000`,
  bucket: "holdfast",
  lockedFor: 35 * 86_400,
  server: "aachen-1",
  array: "backup",
};
const key = { id: "planned", secret: "planned" };

/** A pod that runs restic with a store's repository, told no more of the store's authority than planned pods are. */
const resticPod = (name: string, script: string): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name },
    spec: {
      restartPolicy: "Never",
      containers: [
        {
          name: "restic",
          image: RESTIC,
          command: ["sh", "-euc", script],
          env: Object.entries({
            RESTIC_REPOSITORY: `s3:${store.endpoint}/${store.bucket}/uploads`,
            RESTIC_PASSWORD: "planned",
            RESTIC_CACHE_DIR: "/tmp/cache",
            AWS_ACCESS_KEY_ID: key.id,
            AWS_SECRET_ACCESS_KEY: key.secret,
            AWS_DEFAULT_REGION: "us-east-1",
          }).map(([variable, value]) => ({ name: variable, value })),
        },
      ],
    },
  });

describe("a site's backup store", () => {
  let run: Run;
  let site: Site;
  let authority: string;

  before(async function () {
    this.timeout(1_200_000);
    const images = await ensureImages([labImages.pause, labImages.coredns, RESTIC], report);
    const imageStore = await ensureImageStore(images, report);
    const tools = await ensureTools(["certificates", "versitygw"], report);
    const laid = await layNetwork();
    run = laid.run;
    const arrays = [
      { name: "data", level: "raid1", disks: 2, storageClasses: ["local-path"], system: true },
      { name: "backup", level: "raid1", disks: 2 },
    ] as const;
    const servers = [{ name: "aachen-1", controlPlane: true, arrays }];
    const ground = { run, network: laid.network, report };
    site = await Site.up({ net: aachen, servers, imageStore, resolver: laid.network.resolver }, ground);
    const issuer = await openDrillAuthority(tools.certificates["openssl"] ?? "openssl", run.room("public-authority"));
    const identity = await issuer.issue("store", { commonName: host, alternatives: [`DNS:${host}`] });
    authority = issuer.own.certificate;
    const server = site.server("aachen-1");
    const parts = { program: tools.versitygw["versitygw"] ?? "versitygw", identity, authority, key };
    await server.startAtBoot(() => startStore(parts, server, store));
  });

  after(async () => {
    await site?.stop();
    await run?.end(report);
  });

  const succeeds = async (name: string, script: string): Promise<string> => {
    await apply(site, resticPod(name, script));
    const phase = ["wait", "--for=jsonpath={.status.phase}=Succeeded", "--timeout=60s", `pod/${name}`];
    const { code } = await site.kubectl(phase);
    const { stdout } = await site.kubectl(["logs", name]);
    expect(code, stdout).to.equal(0);
    return stdout;
  };
  const ask = (method: "GET" | "DELETE", path: string) =>
    askStore(site.server("aachen-1").machine, { method, url: `${store.endpoint}${path}` }, key, "us-east-1", authority);

  it("is trusted by a planned pod as it is, and has what it acknowledged after a power failure at that moment", async () => {
    const saved = await succeeds("saver", "restic init; cd /tmp; echo kept > one; restic backup --host saver one");
    expect(saved).to.match(/snapshot \w+ saved/);
    await site.kill();
    await site.start();
    const checked = await succeeds(
      "checker",
      "restic check --read-data; restic restore latest --host saver --target /tmp/back; cat /tmp/back/one",
    );
    expect(checked).to.match(/no errors were found[^]*\nkept\n$/);
  });

  it("lets nobody delete a version before its time", async () => {
    const { body } = await ask("GET", `/${store.bucket}?prefix=uploads%2Fsnapshots&versions`);
    const [, name, version] = /<Version>.*?<Key>([^<]+)<.*?<VersionId>([^<]+)</s.exec(body) ?? [];
    const answer = await ask("DELETE", `/${store.bucket}/${name}?versionId=${version}`);
    expect(answer.status).to.equal(403);
    expect(answer.body).to.include("object lock");
  });
});
