import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { Engine } from "./engine.ts";

interface ProjectFile {
  main: string;
  runtime: { options: { nodeargs: string; typescript: boolean } };
  config: Record<string, { default: unknown }>;
}

const project = parse(readFileSync("Pulumi.yaml", "utf8")) as ProjectFile;
const SECRETS = ["backupAccessKeyId", "backupSecretAccessKey", "corePassword"];

/** Runs the program as the language host of `pulumi preview` does: the SDK's own runner, the options of Pulumi.yaml. */
async function preview(stack: string, edit: (config: Record<string, unknown>) => void = () => undefined) {
  const engine = new Engine();
  await engine.start();
  const file = (parse(readFileSync(`Pulumi.${stack}.yaml`, "utf8")) as { config: Record<string, unknown> }).config;
  const shared = Object.entries(project.config).map(([key, value]) => [`holdfast:${key}`, value.default]);
  const config = { ...Object.fromEntries(shared), ...file } as Record<string, unknown>;
  for (const key of SECRETS) config[`holdfast:${key}`] = "secret";
  edit(config);
  const values = Object.entries(config).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const runner = resolve("node_modules/@pulumi/pulumi/cmd/run/index.js");
  const flags = [
    "--monitor",
    engine.address,
    "--engine",
    engine.address,
    "--project",
    "holdfast",
    "--stack",
    stack,
    "--organization",
    "organization",
    "--pwd",
    resolve("."),
    "--dry-run",
    "--parallel",
    "16",
  ];
  const child = spawn(process.execPath, [project.runtime.options.nodeargs, runner, ...flags, project.main], {
    env: {
      ...process.env,
      NODE_OPTIONS: "",
      PULUMI_NODEJS_TYPESCRIPT: String(project.runtime.options.typescript),
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(values)),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(SECRETS.map((key) => `holdfast:${key}`)),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (text) => (output += String(text)));
  child.stderr.on("data", (text) => (output += String(text)));
  const code = await new Promise<number | null>((done) => child.on("close", done));
  engine.stop();
  return { code, output: `${output}${engine.logged.join("\n")}`, registered: engine.registered };
}

describe("the program under Pulumi's own language host", () => {
  it("runs as it is for the first preview of the first site, while the other does not exist", async () => {
    const { code, output, registered } = await preview("aachen");
    expect(code, output).to.equal(0);
    expect(registered.map(({ type }) => type)).to.include.members([
      "holdfast:platform:Zone",
      "kubernetes:postgresql.cnpg.io/v1:Cluster",
      "kubernetes:apps/v1:StatefulSet",
      "kubernetes:traefik.io/v1alpha1:IngressRoute",
    ]);
  });

  it("names all faults of a broken config and registers nothing but the stack", async () => {
    const { code, output, registered } = await preview("aachen", (config) => {
      config["holdfast:topology"] = "master-slaev";
      config["holdfast:sites"] = "x";
    });
    expect(code).to.not.equal(0);
    expect(output).to.contain("master-slaev").and.contain("did you mean holdfast:site").and.not.contain("    at ");
    expect(registered.map(({ type }) => type)).to.deep.equal(["pulumi:pulumi:Stack"]);
  });

  it("registers nothing but the stack for values that do not fit to each other, and names them all", async () => {
    const { code, output, registered } = await preview("aachen", (config) => {
      const [core, alastair] = config["holdfast:services"] as Record<string, unknown>[];
      core!["name"] = "proxy";
      alastair!["path"] = "/media/core";
      const site = config["holdfast:site"] as { backupStore: Record<string, unknown> };
      site.backupStore["endpoint"] = "https://s3.aachen.example.org:443";
      config["holdfast:records"] = [{ name: "my.appserver.test", type: "A", value: "192.0.2.1" }];
    });
    expect(code).to.not.equal(0);
    expect(output).to.contain("4 faults, nothing was done").and.not.contain("    at ");
    for (const offender of ["services[0].name", "services[1].path", "site.backupStore.endpoint", "records[0].name"])
      expect(output).to.contain(`holdfast:${offender} of stack aachen`);
    expect(registered.map(({ type }) => type)).to.deep.equal(["pulumi:pulumi:Stack"]);
  });
});
