import { expect } from "chai";
import * as pulumi from "@pulumi/pulumi";
import { backupAccount } from "../../components/backup-account.ts";
import { BLOB_DATA_CONTRIBUTOR, lifecycle, mayLock } from "../../components/backup-account-plan.ts";
import { mongoAccountOf } from "../../components/site-store.ts";
import type { PeerBackupStore } from "../../components/context.ts";
import { aksSite } from "../../config/aks-schema.ts";
import { runProgram } from "../../planner/harness.ts";
import type { RecordedResource } from "../../planner/harness.ts";
import { days } from "../../topologies/units.ts";
import { aksInput } from "./aks-fixture.ts";
import { azurePeer, peerOf } from "./backup-fixture.ts";
import { at } from "./declared.ts";

interface Wish {
  readonly redundancy?: string;
  readonly locked?: boolean;
  readonly pulled?: readonly string[];
  readonly pullers?: readonly string[];
}

async function declare({ redundancy, locked, pulled = [], pullers = [] }: Wish = {}) {
  const { store } = {
    store: aksSite.parse({ ...aksInput, backupStore: { ...aksInput.backupStore, redundancy, locked } }),
  };
  let key: string | undefined;
  let secret = false;
  const { resources } = await runProgram(async () => {
    const parent = new pulumi.ComponentResource("test:index:Parent", "zone", {});
    const { mongoKey } = backupAccount(
      "zone-backup",
      {
        resourceGroupName: "group",
        location: "westeurope",
        store: store.backupStore,
        locked: store.backupStore.locked,
        retention: days(35),
        pulled,
        principalId: "22222222-2222-2222-2222-222222222222",
        subnetId: "/subscriptions/0/subnets/nodes",
        pullers,
      },
      parent,
    );
    secret = await pulumi.isSecret(mongoKey);
    mongoKey.apply((value) => (key = value));
  });
  const find = (name: string): RecordedResource => {
    const found = resources.find((resource) => resource.name === name);
    if (!found) throw new Error(`no resource ${name}`);
    return found;
  };
  return { resources, find, key: () => key, secret: () => secret };
}

const BOTH = ["zone-backup", "zone-backup-mongo"] as const;

describe("the accounts of a site's backups on Azure", () => {
  for (const name of BOTH) {
    it(`${name} keeps versions that nobody can shorten, encrypted on the way, closed to the world`, async () => {
      const { find } = await declare({ redundancy: "gzrs", locked: true, pullers: ["192.0.2.10"] });
      const account = find(`${name}-account`);
      expect(account.protect).to.equal(true);
      expect(account.inputs).to.deep.include({
        kind: "StorageV2",
        sku: { name: "Standard_GZRS" },
        minimumTlsVersion: "TLS1_2",
        enableHttpsTrafficOnly: true,
        allowBlobPublicAccess: false,
        immutableStorageWithVersioning: {
          enabled: true,
          immutabilityPolicy: {
            immutabilityPeriodSinceCreationInDays: 35,
            allowProtectedAppendWrites: false,
            state: "Locked",
          },
        },
      });
      expect(account.inputs["networkRuleSet"]).to.deep.equal({
        defaultAction: "Deny",
        bypass: "AzureServices",
        virtualNetworkRules: [{ virtualNetworkResourceId: "/subscriptions/0/subnets/nodes", action: "Allow" }],
        ipRules: [{ iPAddressOrRange: "192.0.2.10", action: "Allow" }],
      });
      const kept = { enabled: true, days: 35 };
      expect(find(`${name}-service`).inputs).to.deep.include({
        isVersioningEnabled: true,
        deleteRetentionPolicy: kept,
        containerDeleteRetentionPolicy: kept,
      });
      expect(find(`${name}-container`).inputs).to.deep.include({ containerName: "holdfast", publicAccess: "None" });
      expect(find(`${name}-container`).protect).to.equal(true);
    });
  }

  it("takes no key but for MongoDB's backups, and hands that one out as a secret", async () => {
    const { find, key, secret } = await declare();
    expect(find("zone-backup-account").inputs).to.deep.include({
      accountName: "examplebackups",
      allowSharedKeyAccess: false,
    });
    expect(find("zone-backup-mongo-account").inputs).to.deep.include({
      accountName: "examplebackupsmongo",
      allowSharedKeyAccess: true,
    });
    expect(key()).to.match(/^[\w+/]{80,}=*$/);
    expect(secret()).to.equal(true);
  });

  it("lets the pods write into the one container, and not delete versions", async () => {
    const { resources, find } = await declare();
    const roles = resources.filter(({ type }) => type === "azure-native:authorization:RoleAssignment");
    expect(roles).to.have.length(1);
    expect(String(roles[0]!.inputs["roleDefinitionId"]).endsWith(`/${BLOB_DATA_CONTRIBUTOR}`)).to.equal(true);
    expect(roles[0]!.inputs["scope"]).to.equal(find("zone-backup-container").id);
    expect(String(roles[0]!.inputs["scope"])).to.match(/storageAccounts\/examplebackups\/.*containers\/holdfast$/);
  });

  it("is only on trial until a person locks it", async () => {
    const { find } = await declare();
    const path = "immutableStorageWithVersioning.immutabilityPolicy.state";
    expect(BOTH.map((name) => at(find(`${name}-account`), path))).to.deep.equal(["Unlocked", "Unlocked"]);
  });

  it("is locked by the second up of the same account, if a person said so", () => {
    const store = (locked: boolean) =>
      aksSite.parse({ ...aksInput, backupStore: { ...aksInput.backupStore, locked } }).backupStore;
    const told = azurePeer().backupStore;
    const other = { ...told!, account: "otherbackups" } as PeerBackupStore;
    expect(mayLock(store(true), told)).to.equal(true);
    expect(mayLock(store(true), undefined), "the first up").to.equal(false);
    expect(mayLock(store(true), other), "another account").to.equal(false);
    expect(mayLock(store(true), peerOf("azure").backupStore), "the site had S3 before").to.equal(false);
    expect(mayLock(store(false), told), "nobody said so").to.equal(false);
  });

  it("ends older versions after the retention, and never the uploads' blobs by their age", async () => {
    const { find } = await declare({ pulled: ["aachen"] });
    const rules = (name: string) => at(find(`${name}-lifecycle`), "policy.rules") as ReturnType<typeof lifecycle>;
    const aged = (name: string) =>
      JSON.parse(JSON.stringify(rules(name).find((rule) => rule.name === "old-backups"))) as {
        readonly definition: { readonly filters: { readonly prefixMatch: string[] } };
      };
    expect(aged("zone-backup").definition.filters.prefixMatch).to.deep.equal(["holdfast/copy-of-aachen/postgres/"]);
    expect(aged("zone-backup-mongo").definition.filters.prefixMatch).to.deep.equal([
      "holdfast/mongo/",
      "holdfast/copy-of-aachen/mongo/",
    ]);
    expect(lifecycle("holdfast", days(35), [])).to.deep.equal([
      {
        name: "old-versions",
        enabled: true,
        type: "Lifecycle",
        definition: {
          filters: { blobTypes: ["blockBlob"], prefixMatch: ["holdfast/"] },
          actions: { version: { delete: { daysAfterCreationGreaterThan: 36 } } },
        },
      },
    ]);
  });

  it("leaves room in Azure's 24 letters for the name of MongoDB's account", () => {
    const parsed = (account: string) =>
      aksSite.safeParse({ ...aksInput, backupStore: { ...aksInput.backupStore, account } }).success;
    expect(parsed("a".repeat(19))).to.equal(true);
    expect(mongoAccountOf("a".repeat(19)).length).to.be.at.most(24);
    expect(parsed("a".repeat(20))).to.equal(false);
  });

  it("is as redundant as the config says, and by default as the site's zones", async () => {
    for (const [redundancy, sku] of [
      ["lrs", "Standard_LRS"],
      ["zrs", "Standard_ZRS"],
      ["grs", "Standard_GRS"],
      ["gzrs", "Standard_GZRS"],
      [undefined, "Standard_ZRS"],
    ] as const) {
      const { find } = await declare(redundancy === undefined ? {} : { redundancy });
      expect(at(find("zone-backup-account"), "sku.name")).to.equal(sku);
    }
  });
});
