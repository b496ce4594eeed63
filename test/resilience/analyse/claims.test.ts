import { expect } from "chai";
import { unknown } from "../../../resilience/fact.ts";
import { analyse, judgeClaims } from "../../../resilience/analyse/index.ts";
import { parseFault } from "../../../resilience/faults/parse.ts";
import type { ClaimVerdict } from "../../../resilience/outcome.ts";
import type { System } from "../../../resilience/system.ts";
import { changed, one, withUploads } from "../changes.ts";
import { fact, urn } from "../fixture-facts.ts";
import { DAY, s1 } from "../system-fixture.ts";
import type { Draft } from "../changes.ts";

function verdict(id: string, change: (draft: Draft<System>) => void = () => undefined): ClaimVerdict {
  return one(judgeClaims(changed(change)), ({ claim }) => claim.id === id);
}

/** A claim that S1 keeps, and one change that breaks it. */
const flips: readonly {
  readonly id: string;
  readonly what: string;
  readonly change: (draft: Draft<System>) => void;
  readonly why: RegExp;
}[] = [
  {
    id: "C1",
    what: "a client that reads from the primary alone",
    change: (d) =>
      void (one(d.services, (s) => s.name === "alastair" && s.site === "titan").store!.readPreference =
        fact("primary")),
    why: /reads for titan's clients: partial.*alastair/,
  },
  { id: "C1", what: "uploads that nothing replicates", change: withUploads, why: /core-media/ },
  {
    id: "C1",
    what: "a static zone",
    change: (d) => d.nameServers.forEach((server) => server.records.forEach((record) => (record.check = undefined))),
    why: /reads for aachen's clients: down/,
  },
  {
    id: "C2",
    what: "w=majority",
    change: (d) => d.services.forEach((s) => s.store?.kind === "mongo" && (s.store.writeConcern = fact("majority"))),
    why: /writes for aachen's clients: partial/,
  },
  {
    id: "C2",
    what: "a long TTL",
    change: (d) => d.nameServers.forEach((server) => server.records.forEach((record) => (record.ttl = 300))),
    why: /titan's clients.*claimed to go unnoticed/,
  },
  {
    id: "C2",
    what: "drivers that notice late, as they do by default, and are let into the tunnel",
    change: (d) => {
      d.isolation.forEach((entry) => entry.admits.push("service"));
      d.services.forEach((s) => s.store && (delete s.store.heartbeatFrequency, delete s.store.connectTimeout));
    },
    why: /aachen's clients: reads partial, writes full for up to 40 s/,
  },
  {
    id: "C2",
    what: "the arbiter gone",
    change: (d) => void (d.mongo[0]!.members = d.mongo[0]!.members.filter(({ arbiter }) => !arbiter)),
    why: /writes for aachen's clients: partial/,
  },
  {
    id: "C3",
    what: "an arbiter on Titan",
    change: (d) => void (one(d.mongo[0]!.members, ({ arbiter }) => arbiter).site = "titan"),
    why: /writes for aachen's clients: partial/,
  },
  {
    id: "C3",
    what: "priority 1 on Titan",
    change: (d) => void (one(d.mongo[0]!.members, ({ site }) => site === "titan").priority = 1),
    why: /split brain: yes/,
  },
  {
    id: "C3",
    what: "replica.enabled false on Titan",
    change: (d) => void (one(d.postgres, ({ site }) => site === "titan").replica = fact(false)),
    why: /split brain: yes/,
  },
  {
    id: "C4",
    what: "RAID-5",
    change: (d) => void (d.sites[0]!.servers[0]!.arrays[0]!.level = fact("raid5")),
    why: /reads for aachen's clients: partial/,
  },
  {
    id: "C5",
    what: "the backup on the array that it protects",
    change: (d) => void (d.backupStores[0]!.array = fact({ server: "aachen-1", array: "data" })),
    why: /lost with what it protects: backup-aachen lies on array data of aachen-1/,
  },
  {
    id: "C5",
    what: "no backup in Aachen",
    change: (d) =>
      void (d.backups = d.backups.filter(({ to }) => to.state === "known" && to.value !== "backup-aachen")),
    why: /no backup of postgres lies at aachen/,
  },
  {
    id: "C6",
    what: "no copy on Titan",
    change: (d) => void (d.backups = d.backups.filter(({ kind }) => kind !== "copy")),
    why: /no backup of postgres lies at titan/,
  },
  {
    id: "C6",
    what: "a weekly copy of files that were a day old",
    change: withUploads,
    why: /uploads:core-media@aachen: up to 8 d/,
  },
  {
    id: "C7",
    what: "a single disk on Titan",
    change: (d) => void (d.sites[1]!.servers[0]!.arrays[0]!.level = fact("single")),
    why: /reads for titan's clients: partial/,
  },
  {
    id: "C8",
    what: "a service whose store is not there",
    change: (d) => void (one(d.services, (s) => s.name === "core" && s.site === "aachen").replicas = fact(0)),
    why: /writes for aachen's clients/,
  },
];

describe("claims C1-C8", () => {
  it("are all confirmed for S1 without uploads, each with facts that cite resources", () => {
    const verdicts = judgeClaims(s1());
    expect(
      verdicts.map(({ claim, verdict: v, why }) => `${claim.id} ${v} ${v === "confirmed" ? "" : why}`),
    ).to.deep.equal(["C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8"].map((id) => `${id} confirmed `));
    for (const { claim, reasons } of verdicts) {
      expect(reasons, claim.id).to.not.be.empty;
      for (const { urns } of reasons) expect(urns).to.not.be.empty;
    }
  });

  for (const { id, what, change, why } of flips) {
    it(`${id} is refuted by ${what}`, () => {
      const found = verdict(id, change);
      expect(found.verdict, found.why).to.equal("refuted");
      expect(found.why).to.match(why);
    });
  }

  it("are unknown where a fact that decides them is, never confirmed", () => {
    expect(
      verdict("C4", (d) => void (d.sites[0]!.servers[0]!.arrays[0]!.level = unknown("not declared"))).verdict,
    ).to.equal("unknown");
    expect(verdict("C3", (d) => void (d.postgres[1]!.replica = unknown("not read"))).verdict).to.equal("unknown");
    expect(verdict("C1", (d) => d.unread.push({ urn: urn("aachen", "x", "y"), why: "no idea" })).verdict).to.equal(
      "unknown",
    );
  });

  it("are pending where only an up tells", () => {
    const pending = {
      state: "pending",
      why: "known after an up",
      source: { urn: urn("aachen", "x", "y"), path: "" },
    } as const;
    expect(
      verdict(
        "C1",
        (d) =>
          void (one(d.services, (s) => s.name === "alastair" && s.site === "titan").store!.readPreference = pending),
      ).verdict,
    ).to.equal("pending");
  });

  it("are unknown if the system does not have what they speak of", () => {
    expect(
      verdict("C4", (d) => d.sites[0]!.servers[0]!.arrays.forEach((array) => (array.name = `old-${array.name}`))).why,
    ).to.contain("does not have what the claim speaks of");
  });

  it("stand among the promises of their fault", () => {
    const system = s1();
    expect(analyse(system, parseFault("link:aachen-titan", system)).promises.map(({ id }) => id)).to.include("C3");
  });

  it("C1 means that nobody new gets in, and that sessions end", () => {
    const system = s1();
    const titan = analyse(system, parseFault("site:aachen", system)).sites[1];
    expect(titan).to.include({ signIn: "fails", sessionsEndAfter: 3600, writes: "read-only" });
    const readable = changed((d) => {
      d.services.forEach((each) => each.name === "core" && (each.postIsRead = fact(["/core/login"])));
      const proxy = one(d.proxies, ({ site }) => site === "titan");
      const sample = proxy.routes[0]!;
      proxy.routes.push({
        ...structuredClone(sample),
        paths: ["/core/login"],
        methods: ["POST"],
        rule: `${sample.rule} and longer still`,
        backends: [{ site: "titan", service: "core", urn: sample.urn }],
      });
    });
    expect(analyse(readable, parseFault("site:aachen", readable)).sites[1]?.signIn).to.equal("works");
  });

  it("C5 is confirmed with uploads too, at a day", () => {
    const found = verdict("C5", withUploads);
    expect(found.verdict).to.equal("confirmed");
    const system = changed(withUploads);
    const loss = one(analyse(system, parseFault("disk:aachen/data:3", system)).dataLoss, ({ subject }) =>
      subject.startsWith("uploads"),
    );
    expect(loss).to.include({
      subject: "uploads:core-media@aachen",
      seconds: DAY,
      kind: "bounded",
      restoredFrom: "files backup backup-aachen",
    });
  });
});
