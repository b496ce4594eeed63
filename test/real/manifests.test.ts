import { expect } from "chai";
import { basename, dirname } from "node:path";
import { API_SERVER_START_LIMIT, applyGround, asList, startApiServer } from "./support/api-server.ts";
import type { ApiServer } from "./support/api-server.ts";
import { plannedSites, readManifests } from "./support/plan.ts";
import type { Manifest, SitePlan } from "./support/plan.ts";
import { podOf } from "./support/pods.ts";
import { Daemons } from "./support/processes.ts";

const dryRun = ["apply", "--server-side", "--dry-run=server", "--validate=strict", "--filename"];

/** Warnings that a right manifest may cause, and why. */
const expectedWarnings: readonly { readonly text: RegExp; readonly why: string }[] = [
  { text: /^tls: failed to find any PEM data/, why: "a plan holds no secret's value" },
  {
    text: /^spec\.trafficDistribution: "PreferClose" is deprecated/,
    why: "Kubernetes 1.33 knows no other name for it",
  },
  {
    text: /^would violate PodSecurity "restricted:[^"]*": unrestricted capabilities \(container "wireguard" must not include "NET_ADMIN"/,
    why: "the overlay's gateway is the one exception; its namespace enforces less, and warns",
  },
];

/** Warnings that none of the reasons explains. */
const unexpected = (stderr: string): readonly string[] =>
  stderr
    .split("\n")
    .flatMap((line) => /^Warning: (.*)/.exec(line)?.[1] ?? [])
    .filter((warning) => !expectedWarnings.some(({ text }) => text.test(warning)));

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
      // All at once is quick, but does not say which file is meant: that is asked only when something is wrong.
      const together = await server.kubectl([...dryRun, dirname(site.files[0]!)]);
      const refused: string[] = [];
      for (const file of together.code === 0 && unexpected(together.stderr).length === 0 ? [] : site.files) {
        const { code, stderr } = await server.kubectl([...dryRun, file]);
        const complaints = code === 0 ? unexpected(stderr) : [stderr.trim()];
        refused.push(...complaints.map((complaint) => `${basename(file)}: ${complaint}`));
      }
      expect(refused, refused.join("\n")).to.deep.equal([]);
      expect(together.code, together.stderr).to.equal(0);
      expect(together.stdout.trim().split("\n")).to.have.length(site.manifests.length);
    });

    it("describe pods that their namespace's security standard admits", async () => {
      const pods = site.manifests.flatMap((manifest) => podOf(manifest) ?? []);
      expect(pods).to.not.be.empty;
      const { code, stderr } = await server.kubectl([...dryRun, "-"], asList(pods));
      expect(code, stderr).to.equal(0);
      expect(unexpected(stderr)).to.deep.equal([]);
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
