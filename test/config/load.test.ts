import { readFileSync } from "node:fs";
import { expect } from "chai";
import { parse } from "yaml";
import { loadConfig } from "../../config/load.ts";
import type { HoldfastConfig } from "../../config/load.ts";
import { problemsIn } from "./problems.ts";

type Tree = Record<string, unknown>;

const project = (parse(readFileSync("Pulumi.yaml", "utf8")) as { config: Record<string, { default: unknown }> }).config;

const SECRETS = [
  "backupAccessKeyId",
  "backupSecretAccessKey",
  "corePassword",
  "pull-aachen-accessKeyId",
  "pull-aachen-secretAccessKey",
  "pull-azure-accessKeyId",
  "pull-azure-secretAccessKey",
];

/** The committed files of a stack as the engine hands them over, with the secrets set. */
function committed(stack: string): Record<string, unknown> {
  const file = (parse(readFileSync(`Pulumi.${stack}.yaml`, "utf8")) as { config: Tree }).config;
  const shared = Object.entries(project).map(([key, value]) => [`holdfast:${key}`, value.default]);
  return structuredClone({ ...Object.fromEntries(shared), ...file }) as Record<string, unknown>;
}

function load(
  stack: string,
  edit: (config: Tree) => void = () => undefined,
  secrets: readonly string[] = defaultSecrets(stack),
): HoldfastConfig {
  const config = committed(stack);
  edit(config);
  const values = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
  for (const name of secrets) values[`holdfast:${name}`] ??= "s3cr3t-value";
  return loadConfig({ stack, values, isSecret: (key) => values[key] === "s3cr3t-value" });
}

function defaultSecrets(stack: string): readonly string[] {
  return SECRETS.filter((name) => !name.startsWith("pull-") || (stack === "titan" && name.startsWith("pull-aachen")));
}

const problems = (...args: Parameters<typeof load>) => problemsIn(() => load(...args));

const site = (config: Tree): Tree => config["holdfast:site"] as Tree;
const services = (config: Tree): Tree[] => config["holdfast:services"] as Tree[];
const servers = (config: Tree): { arrays: Tree[]; controlPlane?: boolean }[] =>
  site(config)["servers"] as { arrays: Tree[] }[];

describe("config", () => {
  for (const stack of ["aachen", "titan", "azure"]) {
    it(`the committed files of ${stack} are in order`, () => {
      expect(load(stack).site).to.equal(stack);
    });
  }

  it("S1: the workload of R1-R3, the primary in Aachen", () => {
    const { active, platform, topology } = load("titan");
    expect({ active, topology: topology.name }).to.deep.equal({ active: "aachen", topology: "master-slave" });
    expect(platform.workload).to.include({
      users: 2500,
      requestsPerUserMinute: 100,
      writesPerUserMinute: 1,
      firstPageKilobytes: 2000,
      laterRequestKilobytes: 3,
    });
  });

  const mutations: readonly [
    title: string,
    stack: string,
    edit: (config: Tree) => void,
    offender: string,
    fix: RegExp,
  ][] = [
    [
      "an unknown topology",
      "aachen",
      (c) => (c["holdfast:topology"] = "master-slaev"),
      "holdfast:topology",
      /master-slave/,
    ],
    [
      "a topology without this site",
      "titan",
      (c) => (c["holdfast:topology"] = "azure-primary"),
      "holdfast:topology",
      /titan/,
    ],
    [
      "a typo in a key of ours",
      "aachen",
      (c) => (c["holdfast:topologie"] = "x"),
      "holdfast:topologie",
      /did you mean holdfast:topology/,
    ],
    [
      "a country in words",
      "aachen",
      (c) => (site(c)["country"] = "Germany"),
      "holdfast:site.country",
      /two capitals of a country/,
    ],
    [
      "a typo inside the site",
      "aachen",
      (c) => (site(c)["uplinkMegabit"] = 5),
      "holdfast:site.uplinkMegabit",
      /take the key away/,
    ],
    ["a missing key", "aachen", (c) => delete site(c)["storageClass"], "holdfast:site.storageClass", /add the key/],
    [
      "a level that does not exist",
      "aachen",
      (c) => (servers(c)[0]!.arrays[0]!["level"] = "raid7"),
      "holdfast:site.servers[0].arrays[0].level",
      /raid6/,
    ],
    [
      "too few disks for the level",
      "aachen",
      (c) => (servers(c)[0]!.arrays[0]!["disks"] = 3),
      "holdfast:site.servers[0].arrays[0].disks",
      /disks or the level/,
    ],
    [
      "a control plane that runs nowhere",
      "aachen",
      (c) => (servers(c)[0]!.controlPlane = false),
      "holdfast:site.servers",
      /where it runs/,
    ],
    [
      "a storage class on no array",
      "aachen",
      (c) => (site(c)["storageClass"] = "fast"),
      "holdfast:site.storageClass",
      /local-path/,
    ],
    [
      "backups on a server that is not there",
      "aachen",
      (c) => ((site(c)["backupStore"] as Tree)["server"] = "nas"),
      "holdfast:site.backupStore.server",
      /server/,
    ],
    [
      "backups on an array that is not there",
      "aachen",
      (c) => ((site(c)["backupStore"] as Tree)["array"] = "nas"),
      "holdfast:site.backupStore.array",
      /array/,
    ],
    [
      "an image that is not pinned",
      "aachen",
      (c) => (services(c)[0]!["image"] = "aegee/core:latest"),
      "holdfast:services[0].image",
      /pinned/,
    ],
    [
      "an image without a tag",
      "aachen",
      (c) => (services(c)[0]!["image"] = "registry.example.org:5000/aegee/core"),
      "holdfast:services[0].image",
      /pinned/,
    ],
    [
      "two services of one name",
      "aachen",
      (c) => (services(c)[1]!["name"] = "core"),
      "holdfast:services[1].name",
      /another name/,
    ],
    [
      "two services on one path",
      "aachen",
      (c) => (services(c)[1]!["path"] = "/api/core"),
      "holdfast:services[1].path",
      /another path/,
    ],
    [
      "a host outside the zone",
      "aachen",
      (c) => (services(c)[0]!["host"] = "my.elsewhere.org"),
      "holdfast:services[0].host",
      /appserver\.test/,
    ],
    [
      "a sign-in path outside the service",
      "aachen",
      (c) => ((services(c)[0]!["session"] as Tree)["signInPath"] = "/login"),
      "holdfast:services[0].session.signInPath",
      /\/api\/core/,
    ],
    [
      "a second sign-in",
      "aachen",
      (c) => (services(c)[1]!["session"] = { signInPath: "/api/alastair/in", lifetime: "1h" }),
      "holdfast:services[1].session",
      /take one/,
    ],
    [
      "a negative load",
      "aachen",
      (c) => ((c["holdfast:workload"] as Tree)["users"] = -5),
      "holdfast:workload.users",
      /at least 1/,
    ],
    [
      "an address that is none",
      "aachen",
      (c) => (site(c)["publicAddresses"] = ["192.0.2.300"]),
      "holdfast:site.publicAddresses[0]",
      /IPv4|ip/i,
    ],
    [
      "JSON that cannot be read",
      "aachen",
      (c) => (c["holdfast:site"] = "{oops"),
      "holdfast:site",
      /mend it|add the key/,
    ],
    [
      "an active site that is not in the topology",
      "aachen",
      (c) => (c["holdfast:active"] = "azure"),
      "holdfast:active",
      /aachen|titan/,
    ],
  ];
  for (const [title, stack, edit, offender, fix] of mutations) {
    it(`names ${title}`, () => {
      const found = problems(stack, edit).find((problem) => problem.offender === `${offender} of stack ${stack}`);
      expect(
        found,
        `no problem at ${offender} among ${problems(stack, edit)
          .map((p) => p.offender)
          .join("; ")}`,
      ).to.exist;
      expect(`${found!.rule} ${found!.fix}`).to.match(fix);
    });
  }

  it("names every fault at once", () => {
    const found = problems("aachen", (config) => {
      config["holdfast:topologie"] = "x";
      servers(config)[0]!.arrays[0]!["level"] = "raid7";
      services(config)[0]!["image"] = "aegee/core:latest";
      config["holdfast:contact"] = "nobody";
    });
    expect(found.map(({ offender }) => offender.replace(" of stack aachen", ""))).to.have.members([
      "holdfast:topologie",
      "holdfast:site.servers[0].arrays[0].level",
      "holdfast:services[0].image",
      "holdfast:contact",
    ]);
  });

  it("asks for each secret that is missing, with the command", () => {
    const found = problems("titan", () => undefined, []);
    expect(found.map(({ fix }) => fix)).to.include("pulumi config set --secret holdfast:corePassword -s titan");
    expect(found).to.have.length(defaultSecrets("titan").length);
  });

  it("refuses a secret in plain text, and does not repeat it", () => {
    const found = problems("aachen", (config) => (config["holdfast:kubeconfig"] = "apiVersion: v1 password: hunter2"));
    expect(found).to.have.length(1);
    expect(JSON.stringify(found)).to.contain("plain text").and.not.contain("hunter2");
  });

  it("refuses a server whose system would lie on two arrays", () => {
    const found = problems("titan", (config) => servers(config)[0]!.arrays.forEach((each) => (each["system"] = true)));
    expect(found.map(({ offender, rule }) => `${offender}: ${rule}`).join("\n")).to.match(
      /arrays.*on one array at the most/,
    );
  });

  it("refuses a readiness path without a store, and one that liveness asks too", () => {
    const found = problems("titan", (config) => {
      const [core, , , frontend] = services(config);
      core!["probe"] = { path: "/healthcheck", readyPath: "/healthcheck" };
      frontend!["probe"] = { path: "/", readyPath: "/ready" };
    });
    const text = found.map(({ offender, rule }) => `${offender}: ${rule}`).join("\n");
    expect(text).to.match(/services\[0\]\.probe\.readyPath of stack titan: another path than probe\.path/);
    expect(text).to.match(/services\[3\]\.probe\.readyPath of stack titan: only for a service that has a store/);
    expect(found).to.have.length(2);
  });
});
