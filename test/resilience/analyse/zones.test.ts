import { expect } from "chai";
import { analyse, judgeClaims } from "../../../resilience/analyse/index.ts";
import { catalogue } from "../../../resilience/faults/catalogue.ts";
import { parseFault } from "../../../resilience/faults/parse.ts";
import { observe } from "../../../resilience/observe/index.ts";
import type { Outcome } from "../../../resilience/outcome.ts";
import type { StackResources } from "../../../resilience/resource.ts";
import type { System } from "../../../resilience/system.ts";
import {
  address,
  azureStacks,
  azureSystem,
  cluster,
  inOneZone,
  pools,
  shares,
  storage,
  uploadsOnDisks,
  withoutUploads,
} from "../azure-fixture.ts";
import { one } from "../changes.ts";
import { edited } from "../observe/planned.ts";

type Edit = (stacks: readonly StackResources[]) => readonly StackResources[];

async function systemAfter(...edits: readonly Edit[]): Promise<System> {
  return observe(edits.reduce((stacks, edit) => edit(stacks), await azureStacks()));
}

const after = (system: System, fault: string): Outcome => analyse(system, parseFault(fault, system));
const levels = ({ sites }: Outcome) => sites.map(({ reads, writes }) => `${reads}/${writes}`).join(" ");
const verdict = (outcome: Outcome, id: string) => one(outcome.promises, (each) => each.id === id).verdict;
const text = (outcome: Outcome) =>
  [...outcome.reasons, ...outcome.sites.flatMap(({ reasons }) => reasons)].map((reason) => reason.text).join("\n");

describe("a zone inside a site", function () {
  this.timeout(120_000);

  it("takes nothing with three zones, once the volumes of users' files are out of the way [S2.3, R7]", async () => {
    const system = await systemAfter(withoutUploads);
    for (const zone of ["1", "2", "3"]) {
      const outcome = after(system, `zone:azure/${zone}`);
      expect(levels(outcome), zone).to.equal("full/full");
      expect(outcome.recovery.mode).to.equal("automatic");
      expect(verdict(outcome, "R7")).to.equal("kept");
    }
  });

  it("leaves its dead pods in their Services until Kubernetes has noticed, which no second pod makes up for [R5]", async () => {
    const system = await systemAfter(withoutUploads);
    const outcome = after(system, "zone:azure/1");
    const { transition } = one(outcome.sites, ({ site }) => site === "azure");
    // The databases' failover takes longer than the 51 s; without dead pods in the way reads would go on meanwhile.
    expect(transition).to.include({ reads: "partial", writes: "partial" });
    // The grace of a node (Kubernetes 1.32) between two looks of the control plane, and kube-proxy's next turn.
    expect(
      outcome.recovery.stages
        .filter(({ name }) => ["noticed", "left out"].includes(name))
        .map(({ seconds }) => seconds),
    ).to.deep.equal([50 + 2 * 5, 1]);
    expect(text(outcome)).to.contain("pods of frontend that were on it are sent requests");
    expect(verdict(outcome, "R5")).to.equal("broken");
    expect(text(after(system, "process:mongo@azure"))).to.not.contain("are sent requests");
  });

  it("takes a service whose only volume may be in it, until a person says that its machines are off", async () => {
    const outcome = after(await systemAfter(uploadsOnDisks), "zone:azure/1");
    expect(levels(outcome)).to.equal("partial/partial");
    expect(outcome.recovery.mode).to.equal("manual");
    expect(outcome.recovery.commands.join("\n")).to.contain(
      "topology.kubernetes.io/zone=westeurope-1 node.kubernetes.io/out-of-service=nodeshutdown:NoExecute",
    );
    expect(
      outcome.dataLoss.filter(({ subject }) => subject.startsWith("uploads")).map(({ kind }) => kind),
    ).to.deep.equal(["none", "none"]);
  });

  it("takes no service whose files lie on shares with a copy in each zone, and S2.3 is confirmed", async () => {
    const system = await azureSystem();
    const outcome = after(system, "zone:azure/1");
    expect(levels(outcome)).to.equal("full/full");
    expect(outcome.recovery).to.include({ mode: "automatic" });
    expect(["R7", "R8"].map((id) => verdict(outcome, id))).to.deep.equal(["kept", "kept"]);
    expect(one(judgeClaims(system), ({ claim }) => claim.id === "S2.3").verdict).to.equal("confirmed");
    expect(text(outcome)).to.contain("attached to no server");
  });

  it("takes no write with it where Aachen stands by, whichever member of MongoDB led [S3.3]", async () => {
    const stacks = await azureStacks("azure-primary");
    const verdictOf = (edit: Edit) => one(judgeClaims(observe(edit(stacks))), ({ claim }) => claim.id === "S3.3");
    expect(verdictOf((same) => same).verdict).to.equal("confirmed");
    const members = (change: (members: { host: string; votes: number; priority: number }[]) => void): Edit => {
      return (all) =>
        edited(all, "azure", "ConfigMap", "mongo-config", (inputs) => {
          const document = JSON.parse(inputs["data"]["replica-set.json"]);
          change(document.members);
          inputs["data"]["replica-set.json"] = JSON.stringify(document);
        });
    };
    // One vote, which is in one zone: nobody in Aachen can be elected.
    const few = verdictOf(members((all) => void all.splice(1, 2)));
    expect(few.verdict).to.equal("refuted");
    const single: Edit = (all) =>
      edited(all, "azure", "Deployment", "alastair", (inputs) => {
        for (const container of inputs["spec"].template.spec.containers)
          for (const variable of container.env)
            if (variable.name === "MONGO_OPTIONS") variable.value = variable.value.replace("w=majority", "w=1");
      });
    expect(verdictOf(single).why).to.match(/mongo: up to 2 s of writes lost/);
  });

  it("takes a service whose share lies in one zone, or is mounted by one pod's server, or by nobody knows whom", async () => {
    const inOne = await systemAfter(shares((inputs) => (inputs["parameters"].skuName = "Premium_LRS")));
    expect(levels(after(inOne, "zone:azure/1"))).to.equal("partial/partial");
    expect(levels(after(inOne, "node:workers1-1"))).to.equal("full/full");
    const unread = await systemAfter(shares((inputs) => (inputs["parameters"].skuName = "Premium")));
    expect(levels(after(unread, "zone:azure/1"))).to.equal("unknown/unknown");
    const claimed: Edit = (stacks) =>
      edited(
        stacks,
        "azure",
        "PersistentVolumeClaim",
        "core-media",
        (inputs) => (inputs["spec"].accessModes = ["ReadWriteOnce"]),
      );
    expect(levels(after(await systemAfter(claimed), "zone:azure/1"))).to.equal("partial/partial");
    const onDisk: Edit = (stacks) =>
      edited(
        stacks,
        "azure",
        "PersistentVolumeClaim",
        "core-media",
        (inputs) => (inputs["spec"].storageClassName = "holdfast-zrs"),
      );
    expect(levels(after(await systemAfter(onDisk), "zone:azure/1"))).to.equal("partial/partial");
  });

  it("offers nothing to type where volumes lie in one zone alone", async () => {
    const outcome = after(await systemAfter(uploadsOnDisks, storage("Premium_LRS")), "zone:azure/1");
    expect(levels(outcome)).to.equal("partial/partial");
    expect(outcome.recovery.commands).to.deep.equal([]);
    expect(text(outcome)).to.contain("can be attached nowhere else, and wait for it");
  });

  it("stops everything where it is the only one [S2.4]", async () => {
    const system = await systemAfter(inOneZone);
    const outcome = after(system, "zone:azure/1");
    expect(levels(outcome)).to.equal("down/down");
    expect(outcome.recovery.mode).to.equal("never");
    expect(verdict(outcome, "R7")).to.equal("broken");
    expect(one(judgeClaims(system), ({ claim }) => claim.id === "S2.3").verdict).to.equal("refuted");
  });

  it("stops everything where it alone holds the address, or the cluster's own services", async () => {
    const held = after(await systemAfter(address((inputs) => (inputs["zones"] = ["2"]))), "zone:azure/2");
    expect(levels(held)).to.equal("down/down");
    const other = cluster((inputs) => (inputs["agentPoolProfiles"][0].availabilityZones = ["2"]));
    expect(levels(after(await systemAfter(other), "zone:azure/2"))).to.equal("down/down");
    expect(levels(after(await systemAfter(other, withoutUploads), "zone:azure/1"))).to.equal("full/full");
  });

  it("refutes S2.3 by whichever zone it does not hold of", async () => {
    const system = await systemAfter(cluster((inputs) => (inputs["agentPoolProfiles"][0].availabilityZones = ["2"])));
    expect(levels(after(system, "zone:azure/1"))).to.equal("full/full");
    expect(one(judgeClaims(system), ({ claim }) => claim.id === "S2.3")).to.deep.include({ verdict: "refuted" });
    expect(one(judgeClaims(system), ({ claim }) => claim.id === "S2.3").why).to.match(/^zone:azure\/2: /);
    expect(verdict(after(system, "zone:azure/2"), "S2.3")).to.equal("broken");
    expect(verdict(after(system, "zone:azure/1"), "S2.3")).to.equal("kept");
  });

  it("leaves unknown what depends on the zones of an address that names none", async () => {
    const outcome = after(await systemAfter(address((inputs) => delete inputs["zones"])), "zone:azure/1");
    expect(levels(outcome)).to.equal("unknown/unknown");
    expect(outcome.unknowns.map((reason) => reason.text).join()).to.contain("which zones hold the public address");
  });

  it("takes all members of MongoDB at worst where no rule that chooses them keeps them apart", async () => {
    const together: Edit = (stacks) =>
      ["0", "1", "2"].reduce(
        (all, index) =>
          edited(
            all,
            "azure",
            "StatefulSet",
            `mongo-azure-${index}`,
            (inputs) => delete inputs["spec"].template.spec.affinity,
          ),
        stacks,
      );
    const outcome = after(await systemAfter(withoutUploads, together), "zone:azure/1");
    expect(levels(outcome)).to.equal("partial/partial");
    expect(text(outcome)).to.contain("3 of 3 at worst");
    const blind: Edit = (stacks) =>
      edited(stacks, "azure", "StatefulSet", "mongo-azure-0", (inputs) => {
        const [term] =
          inputs["spec"].template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution;
        term.labelSelector = { matchLabels: { app: "nobody" } };
      });
    expect(levels(after(await systemAfter(withoutUploads, blind), "zone:azure/1"))).to.equal("partial/partial");
  });

  it("takes a majority of three members where two zones are gone", async () => {
    const outcome = after(await systemAfter(withoutUploads), "zone:azure/1,zone:azure/2");
    expect(text(outcome)).to.contain("1 of 3 votes, no majority");
  });

  it("is listed for each zone, and not for the site that has them; a site without zones is its own", async () => {
    const faults = catalogue(await azureSystem("azure-primary")).map(({ expression }) => expression);
    expect(faults).to.include.members(["zone:azure/1", "zone:azure/3", "zone:aachen", "provider:azure"]);
    expect(faults).to.not.include("zone:azure");
  });

  it("is refused by name where the site has no such zone", async () => {
    const system = await azureSystem();
    expect(() => parseFault("zone:azure/9", system)).to.throw(
      /zone:azure\/9[\s\S]*a site, or site\/zone[\s\S]*azure\/1/,
    );
    expect(() => parseFault("provider:aws", system)).to.throw(/a provider: azure/);
  });
});

describe("a node that a provider runs", function () {
  this.timeout(60_000);

  it("comes back by the provider's repair, with the volumes that stayed attached to it", async () => {
    const outcome = after(await systemAfter(uploadsOnDisks), "node:workers1-1");
    expect(levels(outcome)).to.equal("full/full");
    expect(outcome.recovery.mode).to.equal("automatic");
    expect(outcome.recovery.seconds).to.be.greaterThan(600 + 300 + 3600);
    expect(text(outcome)).to.contain("without a promise");
  });

  it("takes no more than its own pods where rules spread them", async () => {
    const outcome = after(
      await systemAfter(
        withoutUploads,
        pools((inputs) => (inputs["minCount"] = 2)),
      ),
      "node:workers1-2",
    );
    expect(outcome.sites[0]!.transition.seconds).to.be.lessThan(600);
  });
});

describe("storage that a provider keeps", function () {
  this.timeout(60_000);

  it("survives three disks on the provider's word alone [R4]", async () => {
    const outcome = after(await azureSystem(), "disk:azure:3");
    expect(levels(outcome)).to.equal("full/full");
    expect(verdict(outcome, "R4")).to.equal("kept");
    expect(text(outcome)).to.contain("on its word alone");
  });

  it("says that tier Free of a control plane promises nothing", async () => {
    const free = await systemAfter(cluster((inputs) => (inputs["sku"] = { name: "Base", tier: "Free" })));
    expect(text(after(free, "control-plane:azure"))).to.contain("promises nothing about its availability");
  });
});

describe("a provider that is gone", function () {
  this.timeout(60_000);

  it("takes everything where nothing lies elsewhere", async () => {
    const outcome = after(await azureSystem(), "provider:azure");
    expect(levels(outcome)).to.equal("down/down");
    expect(outcome.dataLoss.map(({ kind }) => kind)).to.satisfy((kinds: string[]) =>
      kinds.every((k) => k === "everything"),
    );
    expect(outcome.recovery.mode).to.equal("never");
  });

  it("leaves what another site has, and nothing to type at the one that is gone [S3.2]", async () => {
    const outcome = after(await azureSystem("azure-primary"), "provider:azure");
    expect(outcome.dataLoss.map(({ kind }) => kind)).to.satisfy((kinds: string[]) =>
      kinds.every((k) => k === "bounded"),
    );
    expect(outcome.sites.map(({ reads }) => reads)).to.deep.equal(["partial", "partial"]);
    const typed = outcome.recovery.commands.join("\n");
    expect(typed).to.contain("pulumi config set holdfast:active aachen -s aachen").and.not.contain("-s azure");
  });

  it("takes more than the region: what the region holds is there again when it is back", async () => {
    const region = after(await azureSystem(), "site:azure");
    expect(levels(region)).to.equal("down/down");
    expect(region.dataLoss.every(({ kind }) => kind === "none")).to.equal(true);
    expect(region.promises.some(({ id }) => id === "R7")).to.equal(false);
    expect(one(judgeClaims(await azureSystem()), ({ claim }) => claim.id === "S2.4").verdict).to.equal("confirmed");
  });
});
