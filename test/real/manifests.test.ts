import { expect } from "chai";
import { basename } from "node:path";
import { API_SERVER_START_LIMIT, applyGround, asList, startApiServer } from "./support/api-server.ts";
import type { ApiServer } from "./support/api-server.ts";
import { plannedSites, readManifests } from "./support/plan.ts";
import type { Manifest, SitePlan } from "./support/plan.ts";
import { podOf } from "./support/pods.ts";
import { Daemons } from "./support/processes.ts";

const dryRun = [
  "apply",
  "--server-side",
  "--dry-run=server",
  "--validate=strict",
  "--warnings-as-errors",
  "--filename",
];

plannedSites().forEach((site: SitePlan, index) => {
  describe(`manifests of ${site.topology}, ${site.site}, at a real API server`, () => {
    const daemons = new Daemons();
    let server: ApiServer;

    before(async function () {
      this.timeout(API_SERVER_START_LIMIT);
      server = await startApiServer(daemons, `198.18.0.${index + 1}`);
      await applyGround(server, site.manifests);
    });

    after(() => daemons.stop());

    it("are accepted, every field of every object", async () => {
      expect(site.files).to.not.be.empty;
      const refused: string[] = [];
      for (const file of site.files) {
        const { code, stderr } = await server.kubectl([...dryRun, file]);
        if (code !== 0) refused.push(`${basename(file)}: ${stderr.trim()}`);
      }
      expect(refused, refused.join("\n")).to.deep.equal([]);
    });

    it("describe pods that their namespace's security standard admits", async () => {
      const pods = site.manifests.flatMap((manifest) => podOf(manifest) ?? []);
      expect(pods).to.not.be.empty;
      const { stderr } = await server.kubectl([...dryRun, "-"], asList(pods));
      expect(stderr).to.equal("");
    });

    it("are refused when a field is misspelt", async () => {
      for (const kind of ["Deployment", "Cluster", "IngressRoute"]) {
        const file = site.files.find((name) => readManifests(name).some((manifest) => manifest.kind === kind));
        const manifest = readManifests(file!).find((candidate) => candidate.kind === kind)!;
        const spec = manifest["spec"] as Record<string, unknown>;
        const misspelt: Manifest = { ...manifest, spec: { ...spec, replicsa: 1 } };
        const { code, stderr } = await server.kubectl([...dryRun, "-"], asList([misspelt]));
        expect(code, kind).to.not.equal(0);
        expect(stderr).to.include("replicsa");
      }
    });
  });
});
