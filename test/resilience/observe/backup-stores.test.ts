import { expect } from "chai";
import { stackResources } from "../../../planner/harness.ts";
import { planTopology } from "../../../planner/plan.ts";
import { readProject } from "../../../planner/stack-files.ts";
import { observe } from "../../../resilience/observe/index.ts";
import { PENDING } from "../../../resilience/resource.ts";
import type { Resource } from "../../../resilience/resource.ts";
import { valueOf } from "../../../resilience/fact.ts";
import { azurePrimary } from "../../../topologies/azure-primary.ts";
import { object, resource, stack } from "./fixture.ts";

const DAY = 86_400;
const CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
const OWNER = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b";

type Fields = Readonly<Record<string, unknown>>;

const locked = (state: string, days = 35): Fields => ({
  immutableStorageWithVersioning: {
    enabled: true,
    immutabilityPolicy: { immutabilityPeriodSinceCreationInDays: days, state },
  },
});

const account = (rest: Fields = {}, name = "examplebackups"): Resource =>
  resource("azure", "azure-native:storage:StorageAccount", name, {
    accountName: name,
    location: "westeurope",
    sku: { name: "Standard_GZRS" },
    allowSharedKeyAccess: false,
    ...locked("Locked"),
    ...rest,
  });

const role = (id: unknown, scope: unknown = "/x/storageAccounts/examplebackups/containers/holdfast"): Resource =>
  resource("azure", "azure-native:authorization:RoleAssignment", "role", { roleDefinitionId: id, scope });
const roleId = (role: string): string => `/subscriptions/0/providers/Microsoft.Authorization/roleDefinitions/${role}`;

const store = (name: string, of: string) => ({ name, account: of, container: "holdfast", retention: 35 * DAY });
const facts = {
  platform: "aks",
  backupStore: store("backup-azure", "examplebackups"),
  mongoBackupStore: store("backup-azure-mongo", "examplebackupsmongo"),
};

const system = (...resources: readonly Resource[]) => observe([stack("azure", resources, facts)]);
const first = (...resources: readonly Resource[]) => system(...resources).backupStores[0]!;

describe("backup accounts in Azure, as declared", () => {
  it("tell their redundancy, region and lock", () => {
    const found = first(account());
    expect(found).to.deep.include({ name: "backup-azure", site: "azure", urn: account().urn });
    expect(valueOf(found.redundancy!)).to.equal("gzrs");
    expect(valueOf(found.region!)).to.equal("westeurope");
    expect(valueOf(found.lockedFor)).to.equal(35 * DAY);
    expect(valueOf(found.clusterCanDelete)).to.equal(false);
    expect(valueOf(found.retention)).to.equal(35 * DAY);
    expect(found.array.state).to.equal("unknown");
  });

  for (const [sku, redundancy] of [
    ["Standard_LRS", "lrs"],
    ["Standard_ZRS", "zrs"],
    ["Standard_RAGRS", "grs"],
    ["Standard_RAGZRS", "gzrs"],
  ] as const)
    it(`${sku} is ${redundancy}`, () =>
      expect(valueOf(first(account({ sku: { name: sku } })).redundancy!)).to.equal(redundancy));

  it("stay unknown where the SKU is none, or the account is not declared", () => {
    expect(first(account({ sku: { name: "Fast" } })).redundancy).to.include({ state: "unknown" });
    const missing = first();
    for (const fact of [missing.redundancy!, missing.lockedFor, missing.clusterCanDelete])
      expect(fact).to.include({ state: "unknown", why: "account examplebackups is not declared at azure" });
  });

  it("lock nothing while the policy is on trial, off or absent", () => {
    for (const rest of [locked("Unlocked"), locked("Disabled"), { immutableStorageWithVersioning: undefined }])
      expect(valueOf(first(account(rest)).lockedFor)).to.equal(0);
  });

  it("are pending where only an up tells", () => {
    const policy = { immutabilityPeriodSinceCreationInDays: 35, state: PENDING };
    const pending = first(account({ immutableStorageWithVersioning: { enabled: true, immutabilityPolicy: policy } }));
    expect(pending.lockedFor.state).to.equal("pending");
    expect(pending.clusterCanDelete.state).to.equal("pending");
  });

  describe("whether the cluster can delete versions, unlocked", () => {
    const open = locked("Unlocked");
    const canDelete = (...resources: readonly Resource[]) => first(...resources).clusterCanDelete;

    it("yes, with a key: also where Azure allows one because nothing is said", () => {
      expect(valueOf(canDelete(account({ ...open, allowSharedKeyAccess: true })))).to.equal(true);
      expect(valueOf(canDelete(account({ ...open, allowSharedKeyAccess: undefined })))).to.equal(true);
    });

    it("not as a contributor, but as an owner of the data", () => {
      expect(valueOf(canDelete(account(open), role(roleId(CONTRIBUTOR))))).to.equal(false);
      expect(valueOf(canDelete(account(open), role(roleId(OWNER))))).to.equal(true);
    });

    it("yes, without versions: whoever may write writes over the only copy", () => {
      const flat = account({ immutableStorageWithVersioning: undefined });
      expect(valueOf(canDelete(flat, role(roleId(CONTRIBUTOR))))).to.equal(true);
      const service = resource("azure", "azure-native:storage:BlobServiceProperties", "service", {
        accountName: "examplebackups",
        isVersioningEnabled: true,
      });
      expect(valueOf(canDelete(flat, service, role(roleId(CONTRIBUTOR))))).to.equal(false);
    });

    it("unknown without any role, pending with one that only an up tells", () => {
      expect(canDelete(account(open))).to.include({ state: "unknown" });
      const dependent = { ...role(PENDING, PENDING), propertyDependencies: { scope: [account().urn] } };
      expect(canDelete(account(open), dependent).state).to.equal("pending");
      const elsewhere = role(roleId(CONTRIBUTOR), "/x/storageAccounts/examplebackupsmongo");
      expect(canDelete(account(open), elsewhere)).to.include({ state: "unknown" });
    });
  });
});

describe("the backups of azure-primary, as planned", () => {
  it("lie in accounts that are read in full, and every job's store is found", async function () {
    this.timeout(60_000);
    const { sites } = await planTopology(readProject(process.cwd()), azurePrimary);
    const { backupStores, backups } = observe(sites.map(({ site, result }) => stackResources(result, site)));
    const ofAzure = backupStores.filter(({ site }) => site === "azure");
    expect(ofAzure.map(({ name }) => name)).to.deep.equal(["backup-azure", "backup-azure-mongo"]);
    for (const { redundancy, region, lockedFor, clusterCanDelete, retention } of ofAzure) {
      expect([redundancy, region].map((fact) => fact && valueOf(fact))).to.deep.equal(["gzrs", "westeurope"]);
      expect([lockedFor, retention].map(valueOf)).to.deep.equal([35 * DAY, 35 * DAY]);
      expect(valueOf(clusterCanDelete)).to.equal(false);
    }
    for (const { to, from, urn } of backups) {
      expect(valueOf(to), urn).to.be.a("string");
      expect(valueOf(from), urn).to.be.a("string");
    }
    const copies = backups.filter(({ kind }) => kind === "copy");
    expect(copies.map(({ from, to }) => [valueOf(from), valueOf(to)])).to.deep.equal([
      ["backup-azure", "backup-aachen"],
      ["backup-azure-mongo", "backup-aachen"],
    ]);
    const mongo = backups.filter(({ site, subject }) => site === "azure" && valueOf(subject) === "mongo");
    expect([...new Set(mongo.map(({ to }) => valueOf(to)))]).to.deep.equal(["backup-azure-mongo"]);
  });
});

describe("what goes into an account in Azure", () => {
  const barman = object("azure", "barmancloud.cnpg.io/v1", "ObjectStore", "pg", {
    spec: {
      configuration: {
        destinationPath: "https://examplebackups.blob.core.windows.net/holdfast/postgres",
        azureCredentials: { inheritFromAzureAD: true },
      },
    },
  });
  const cluster = object("azure", "postgresql.cnpg.io/v1", "Cluster", "pg", {
    spec: {
      instances: 1,
      plugins: [
        { name: "barman-cloud.cloudnative-pg.io", isWALArchiver: true, parameters: { barmanObjectName: "pg" } },
      ],
    },
  });
  const job = (name: string, variables: Fields, rest: Fields = {}): Resource =>
    object("azure", "batch/v1", "CronJob", name, {
      spec: {
        schedule: "0 2 * * *",
        jobTemplate: {
          spec: {
            template: {
              spec: {
                containers: [{ env: Object.entries(variables).map(([key, value]) => ({ name: key, value })) }],
                ...rest,
              },
            },
          },
        },
      },
    });
  const place = (account: string): Fields => ({
    SUBJECT: "mongo",
    BACKUP_ENDPOINT: `https://${account}.blob.core.windows.net`,
    BACKUP_BUCKET: "holdfast",
  });
  const to = (...resources: readonly Resource[]) =>
    system(account(), ...resources).backups.map(({ kind, to: target }) => [kind, valueOf(target)]);

  it("PostgreSQL's archive, by Barman's URL", () => {
    expect(to(barman, cluster)).to.deep.equal([["archive", "backup-azure"]]);
  });

  it("MongoDB's backups and their log, by the agents' configuration, with or without its address", () => {
    for (const endpointUrl of ["endpointUrl: https://examplebackupsmongo.blob.core.windows.net, ", ""]) {
      const storage = `{ type: azure, azure: { ${endpointUrl}account: examplebackupsmongo, container: holdfast } }`;
      const config = object("azure", "v1", "ConfigMap", "config", {
        data: { "pbm.yaml": `pitr: { enabled: true, oplogSpanMin: 1 }\nstorage: ${storage}\n` },
      });
      const mongo = job(
        "mongo",
        { ...place("examplebackupsmongo"), PBM_CONFIG: "/config/pbm.yaml" },
        { volumes: [{ name: "config", configMap: { name: "config" } }] },
      );
      expect(to(config, mongo)).to.deep.equal([
        ["base", "backup-azure-mongo"],
        ["archive", "backup-azure-mongo"],
      ]);
    }
  });

  it("a copy, from whichever site's account it comes", () => {
    const aachen = stack(
      "aachen",
      [
        {
          ...job("copy", {
            SUBJECT: "backup-azure-mongo",
            BACKUP_ENDPOINT: "https://s3.example.test:9000",
            BACKUP_BUCKET: "own",
            SOURCE_ENDPOINT: "https://examplebackupsmongo.blob.core.windows.net",
            SOURCE_BUCKET: "holdfast",
          }),
          urn: "urn:pulumi:aachen::own::kubernetes:batch/v1:CronJob::copy",
        },
      ],
      { backupStore: { name: "backup-aachen", endpoint: "https://s3.example.test:9000", bucket: "own" } },
    );
    const { backups } = observe([stack("azure", [account()], facts), aachen]);
    expect(backups.map(({ kind, from, to: target }) => [kind, valueOf(from), valueOf(target)])).to.deep.equal([
      ["copy", "backup-azure-mongo", "backup-aachen"],
    ]);
  });

  it("nothing that is known, if no Zone describes the account", () => {
    const { backups } = system(account(), job("other", { ...place("otheraccount"), MAX_AGE: "1" }));
    expect(backups[0]!.to).to.include({
      state: "unknown",
      why: "no Zone describes account otheraccount with container holdfast",
    });
  });
});
