import { expect } from "chai";
import { costOf } from "../../../resilience/cost/index.ts";
import type { Cost, CostLine } from "../../../resilience/cost/cost.ts";
import { ITEM_KINDS } from "../../../resilience/cost/items.ts";
import { staleness } from "../../../resilience/cost/prices.ts";
import { stackResources } from "../../../planner/harness.ts";
import { planTopology } from "../../../planner/plan.ts";
import { readProject } from "../../../planner/stack-files.ts";
import { allAzure } from "../../../topologies/all-azure.ts";
import { known } from "../../../resilience/fact.ts";
import { observe } from "../../../resilience/observe/index.ts";
import type { StackResources } from "../../../resilience/resource.ts";
import { s1 } from "../system-fixture.ts";
import { plannedStacks } from "../observe/planned.ts";
import { resource, stack } from "../observe/fixture.ts";
import { azureStack, changed, PRICES, RESOURCES } from "./azure-fixture.ts";

const cost = (...stacks: readonly StackResources[]): Cost => costOf(stacks, observe(stacks));
const ofItem = ({ lines }: Cost, item: string): readonly CostLine[] => lines.filter((line) => line.item === item);
const quantity = (of: Cost, item: string): number => ofItem(of, item).reduce((sum, line) => sum + line.quantity, 0);
const without =
  (name: string) =>
  (one: (typeof RESOURCES)[number]): (typeof RESOURCES)[number] | undefined =>
    one.name === name ? undefined : one;

describe("cost", () => {
  const whole = cost(azureStack());

  it("counts what is declared, each line with the resources that it was read from", () => {
    const expected: Readonly<Record<string, number>> = {
      "aks.standard": 1,
      "vm.Standard_D2s_v5": 3,
      "vm.Standard_D4s_v5": 3,
      "disk.Premium_LRS.P10": 3,
      // Three instances of PostgreSQL and the uploads: 20 GiB each are billed as 32.
      "disk.Premium_ZRS.P4": 4,
      "disk.Premium_ZRS.P2": 1,
      // The declared one, the one that AKS makes for the gateway, which names none, and the way out.
      "address.standard": 3,
      "load-balancer.base": 1,
      // Five ports and the way out are one rule more than are included.
      "load-balancer.rule": 1,
      "dns.zone": 1,
      "traffic-manager.external": 2,
      "traffic-manager.external.fast": 2,
    };
    expect(Object.fromEntries(Object.keys(expected).map((item) => [item, quantity(whole, item)]))).to.deep.equal(
      expected,
    );
    const urns = new Set(RESOURCES.map(({ urn }) => urn));
    for (const line of whole.lines) {
      expect(line.urns, line.what).to.not.be.empty;
      expect(
        line.urns.every((urn) => urns.has(urn)),
        line.what,
      ).to.equal(true);
    }
  });

  it("sums what has a price, and says what autoscaling could make of it", () => {
    const known = 70 + 3 * 80 + 3 * 160 + 3 * 20 + 4 * 9 + 3 + 3 * 4 + 18 + 7 + 0.5 + 2 * 0.5 + 2 * 2;
    expect(whole.monthly).to.be.closeTo(known, 1e-9);
    expect(whole.most).to.be.closeTo(known + 3 * 160, 1e-9);
    expect(whole).to.include({ currency: "EUR", asOf: "2026-01-15", source: "invented for a test" });
  });

  it("never guesses a price: what the table lacks is listed with its uses", () => {
    const { "vm.Standard_D4s_v5": workers, ...items } = PRICES.items;
    const partial = cost(azureStack(undefined, { prices: { ...PRICES, items } }));
    expect(partial.monthly).to.be.closeTo(whole.monthly - 3 * workers, 1e-9);
    expect(ofItem(partial, "vm.Standard_D4s_v5")).to.have.length(1);
    expect(ofItem(partial, "vm.Standard_D4s_v5")[0]).to.include({ price: null, monthly: null });
    expect(partial.unknown.filter((text) => text.startsWith("price of"))).to.deep.equal([
      "price of vm.Standard_D4s_v5: azure, 3 × Standard_D4s_v5 (pool workers, workers)",
    ]);
  });

  it("says that there is no price table, and which table can't be read or contradicts another", () => {
    const none = cost(azureStack(undefined, {}));
    expect(none).to.include({ currency: null, monthly: 0 });
    expect(none.unknown[0]).to.match(/no price table is declared/);
    expect(none.unknown.filter((text) => text.startsWith("price of"))).to.have.length(
      new Set(whole.lines.map(({ item }) => item)).size,
    );
    expect(cost(azureStack(undefined, { prices: { ...PRICES, currency: "euros" } })).currency).to.equal(null);
    const other = stack("aachen", [], { servers: [], prices: { ...PRICES, asOf: "2025-01-01" } });
    expect(cost(azureStack(), other).unknown[0]).to.match(/price tables of .* differ/);
  });

  it("reads each setting from its resource", () => {
    const with_ = (name: string, inputs: Readonly<Record<string, unknown>>): Cost =>
      cost(azureStack(changed(name, inputs)));
    expect(quantity(with_("zone-aks", { sku: { tier: "Free" } }), "aks.standard")).to.equal(0);
    expect(quantity(with_("zone-workers", { minCount: 5 }), "vm.Standard_D4s_v5")).to.equal(5);
    const fixed = with_("zone-workers", { enableAutoScaling: false, count: 4 });
    expect(quantity(fixed, "vm.Standard_D4s_v5")).to.equal(4);
    expect(fixed.most).to.equal(fixed.monthly);
    const managed = (vmSize: string, osDiskSizeGB?: number): Cost =>
      with_("zone-workers", { vmSize, osDiskType: "Managed", osDiskSizeGB });
    expect(quantity(managed("Standard_D4s_v5"), "disk.Premium_LRS.P10")).to.equal(6);
    expect(quantity(managed("Standard_D8s_v5", 0), "disk.Premium_LRS.P15")).to.equal(3);
    expect(quantity(managed("Standard_D16s_v5"), "disk.Premium_LRS.P20")).to.equal(3);
    expect(quantity(managed("Standard_D64s_v5"), "disk.Premium_LRS.P30")).to.equal(3);
    expect(quantity(managed("Standard_D64s_v5", 100), "disk.Premium_LRS.P10")).to.equal(6);
    expect(
      quantity(
        with_("zone-storage-class", { parameters: { storageaccounttype: "Premium_LRS" } }),
        "disk.Premium_LRS.P4",
      ),
    ).to.equal(4);
    expect(
      quantity(with_("zone-storage-class", { parameters: { skuName: "Premium_LRS" } }), "disk.Premium_LRS.P4"),
    ).to.equal(4);
    expect(
      quantity(with_("dns-profile", { monitorConfig: { intervalInSeconds: 30 } }), "traffic-manager.external.fast"),
    ).to.equal(0);
    const version = azureStack((one) => ({
      ...one,
      type: one.type.replace("containerservice:", "containerservice/v20250801:"),
    }));
    expect(cost(version).monthly).to.equal(whole.monthly);
  });

  it("says what it can't tell, instead of leaving it out", () => {
    const texts = (change: Parameters<typeof azureStack>[0]): string => cost(azureStack(change)).unknown.join("\n");
    expect(texts(without("zone-storage-class"))).to.match(/pg-azure: storage class holdfast-zrs is not declared/);
    expect(texts(changed("zone-workers", { minCount: undefined }))).to.match(/nodes of pool workers: minCount/);
    expect(texts(changed("zone-workers", { osDiskType: undefined }))).to.match(/system disks of pool workers/);
    expect(texts(changed("zone-workers", { osDiskType: "Managed", vmSize: "Standard_X7_v9" }))).to.match(
      /system disks of pool workers: on which kind of disk/,
    );
    expect(texts(changed("zone-aks", { networkProfile: { outboundType: "managedNATGateway" } }))).to.match(
      /way out by managedNATGateway/,
    );
    const gateway = resource("azure", "azure-native:network:NatGateway", "extra", {});
    expect(cost({ ...azureStack(), resources: [...azureStack().resources, gateway] }).unknown.join("\n")).to.match(
      /what extra \(network:NatGateway\) costs/,
    );
    expect(whole.unknown.join("\n"))
      .to.match(/queries to DNS/)
      .and.match(/traffic to the internet/)
      .and.match(/how much account holdfastbackups holds/)
      .and.not.match(/VirtualNetwork|ResourceGroup|BlobContainer/);
  });

  it("takes a server's cost from the user: nothing is an answer, no answer is unknown", () => {
    const own = cost(
      stack("aachen", [], {
        prices: PRICES,
        servers: [{ name: "a", monthlyCost: 0 }, { name: "b", monthlyCost: 25 }, { name: "c" }],
      }),
    );
    expect(own.monthly).to.equal(25);
    expect(own.lines.map(({ monthly }) => monthly)).to.deep.equal([0, 25]);
    expect(own.unknown).to.deep.equal([
      "aachen: what server c costs a month: servers[2].monthlyCost is not declared (0 is an answer)",
    ]);
  });

  it("knows no cost of a site that declares neither servers nor a provider", () => {
    expect(cost(stack("aachen", [], { prices: PRICES })).unknown.join("\n")).to.match(/neither servers nor/);
  });

  it("says what a promise costs", () => {
    const purpose = (of: Cost, id: string): Cost["purposes"][number] | undefined =>
      of.purposes.find(({ ids }) => ids.includes(id));
    // 3 EUR more for each of four P4, 1 EUR for the P2; the blob account holds nothing that could be read.
    expect(purpose(whole, "S2.4")).to.deep.include({ monthly: 4 * 3 + 1, unknown: [] });
    expect(purpose(whole, "S2.5")).to.deep.include({ monthly: whole.monthly, unknown: [] });
    const further = whole.purposes.find(({ what }) => what.startsWith("further copies"));
    expect(further).to.deep.include({ ids: ["R4"], monthly: 2 * 9 });
    const items = Object.fromEntries(Object.entries(PRICES.items).filter(([item]) => item !== "disk.Premium_LRS.P4"));
    expect(purpose(cost(azureStack(undefined, { prices: { ...PRICES, items } })), "S2.4")).to.deep.include({
      monthly: 1,
      unknown: ["disk.Premium_LRS.P4"],
    });
  });

  it("estimates a backup by one copy of the volumes that are backed up, each once, and says that this is an estimate", () => {
    const stacks = [azureStack()];
    const system = observe(stacks);
    const source = { urn: "urn", path: "" };
    const backup = (kind: "base" | "archive", subject: string): (typeof system.backups)[number] => ({
      site: "azure",
      urn: "urn",
      kind,
      subject: known(subject, source),
      from: known("azure", source),
      to: known("backup-azure", source),
      interval: known(60, source),
    });
    const estimated = (...backups: readonly (typeof system.backups)[number][]): Cost =>
      costOf(stacks, { ...system, backups });
    const priced = estimated(backup("base", "pg-azure"), backup("base", "pg-azure"), backup("archive", "pg-azure"));
    const [line] = priced.lines.filter(({ item }) => item === "blob.hot.gzrs");
    expect(line).to.include({ quantity: 20, unit: "GiB and month", monthly: 20 * 0.05 });
    expect(line?.what).to.match(/an estimate/);
    expect(priced.unknown.join()).to.match(/what versions and logs of the retention add/);
    expect(line?.serves).to.deep.equal(["R4", "S1.7"]);
    expect(priced.purposes.find(({ ids }) => ids.includes("S2.4"))?.monthly).to.be.closeTo(13 + 20 * 0.01, 1e-9);
    expect(estimated(backup("base", "elsewhere")).unknown.join()).to.match(/size of elsewhere is not known/);
    expect(estimated().unknown.join()).to.match(/no backup that writes to it/);
    // Of two accounts each holds what is sent to it, by the address of the store.
    const second = resource("azure", "azure-native:storage:StorageAccount", "second", {
      sku: { name: "Standard_LRS" },
    });
    const account = RESOURCES.find(({ name }) => name === "zone-backup-account")!;
    const two = [{ ...stacks[0]!, resources: [...stacks[0]!.resources, second] }];
    const store = { ...s1().backupStores[0]!, name: "backup-azure", site: "azure", urn: account.urn };
    const apart = costOf(two, { ...system, backupStores: [store], backups: [backup("base", "pg-azure")] });
    expect(quantity(apart, "blob.hot.gzrs")).to.equal(20);
    expect(quantity(apart, "blob.hot.lrs")).to.equal(0);
    expect(apart.unknown.join()).to.match(/how much account second holds/);
  });

  it("prices every server of the program's own plan by what its site declares", async () => {
    const stacks = await plannedStacks();
    const planned = cost(...stacks);
    const servers = stacks.flatMap(({ resources }) =>
      resources
        .filter(({ type }) => type === "holdfast:platform:Zone")
        .flatMap(({ inputs }) => inputs["servers"] as readonly { name: string; monthlyCost?: number }[]),
    );
    expect(servers).to.not.be.empty;
    for (const { name, monthlyCost } of servers) {
      const line = planned.lines.find(({ item }) => item === `server.${name}`);
      expect(line?.monthly, name).to.equal(monthlyCost);
    }
  });

  it("reads the program's own site on Azure: every resource is known, and every item has a key", async () => {
    const { sites } = await planTopology(readProject(process.cwd()), allAzure);
    const planned = cost(...sites.map(({ result }) => stackResources(result)));
    expect(planned.unknown.join("\n")).to.not.match(
      /no rule reads its type|is not declared at|no backup that writes|^azure: system disks of pool/m,
    );
    const kinds = ITEM_KINDS.map(
      ({ key }) => new RegExp(`^${key.replaceAll(".", "\\.").replace(/<[^>]*>/g, "[^.]+")}$`),
    );
    const items = [...new Set(planned.lines.map(({ item }) => item))];
    for (const item of items)
      expect(
        kinds.some((kind) => kind.test(item)),
        item,
      ).to.equal(true);
    // Two services' files of 20 GiB each: no share is smaller than 100.
    const shares = planned.lines.filter(({ item }) => item === "share.Premium_ZRS");
    expect(shares.map(({ quantity, unit }) => [quantity, unit])).to.deep.equal([
      [100, "GiB and month"],
      [100, "GiB and month"],
    ]);
    for (const kind of ["aks.", "vm.", "disk.", "address.", "blob.", "dns.", "traffic-manager."])
      expect(
        items.some((item) => item.startsWith(kind)),
        kind,
      ).to.equal(true);
  });

  it("warns of a table that is older than a year at the reader's date", () => {
    expect(staleness("2026-01-15", new Date("2026-12-31"))).to.equal(undefined);
    expect(staleness("2026-01-15", new Date("2027-01-17"))).to.match(/2026-01-15, more than a year old/);
    expect(staleness(null, new Date("2027-01-17"))).to.equal(undefined);
  });
});
