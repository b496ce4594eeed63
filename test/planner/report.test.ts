import { expect } from "chai";
import { comparisonOf } from "../../planner/comparison.ts";
import { stackResources } from "../../planner/harness.ts";
import { judge } from "../../planner/judge.ts";
import type { Judgement } from "../../planner/judge.ts";
import { planTopology } from "../../planner/plan.ts";
import type { PolicyReport } from "../../planner/policy-report.ts";
import { diagram, picture } from "../../planner/report/diagram.ts";
import { placesSection } from "../../planner/report/places.ts";
import { renderReport } from "../../planner/report/report.ts";
import type { ReportSection } from "../../planner/report/report.ts";
import { readProject } from "../../planner/stack-files.ts";
import type { Cost } from "../../resilience/cost/cost.ts";
import { dataPlaces } from "../../resilience/places.ts";
import { topologies } from "../../topologies/index.ts";

const HOSTILE = `<script>alert("x")</script>&'`;
const ESCAPED = "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;";
const NOW = new Date("2026-01-01T00:00:00Z");

const info = { level: "mandatory", what: "Something holds.", ids: ["R4"], fix: "Do this.", kind: "stack" } as const;
const policies: PolicyReport = {
  policies: [
    { ...info, name: "kept-one" },
    { ...info, name: "switched-off", level: "disabled" },
    { ...info, name: "broken-one", kind: "platform" },
    { ...info, name: "advice", level: "advisory" },
  ],
  findings: [
    { policy: "broken-one", level: "mandatory", stack: null, urn: null, message: HOSTILE },
    { policy: "advice", level: "advisory", stack: "aachen", urn: `urn:pulumi:${HOSTILE}`, message: "m" },
  ],
  pending: [HOSTILE],
  kept: false,
};
const noPolicies: PolicyReport = { policies: [], findings: [], pending: [], kept: true };

const line = { site: "aachen", item: "server", unit: "month", urns: [], serves: ["R7"] };
const cost: Cost = {
  currency: "EUR",
  asOf: "2024-02-03",
  source: HOSTILE,
  lines: [
    { ...line, what: HOSTILE, quantity: 2, price: 10, monthly: 20, most: { quantity: 4, monthly: 40 } },
    { ...line, what: "volumes", quantity: 96, unit: "GiB and month", price: null, monthly: null },
  ],
  monthly: 20,
  most: 40,
  purposes: [{ ids: ["R7"], what: "two zones", monthly: 20, unknown: ["server"] }],
  unknown: [HOSTILE],
};

describe("the report", function () {
  this.timeout(180_000);
  const judgements = new Map<string, Judgement>();
  const of = (name: string): Judgement => {
    const found = judgements.get(name);
    if (!found) throw new Error(`no topology ${name}`);
    return found;
  };
  const section = (judgement: Judgement, title = "A topology", said = noPolicies): ReportSection => ({
    title,
    origin: { topology: null, stacks: [{ stack: "aachen", origin: "plan", notes: [title] }] },
    judgement,
    policies: said,
    answers: [],
  });
  const render = (...sections: readonly ReportSection[]): string => renderReport({ sections, columns: [], now: NOW });
  const part = (html: string, title: string): string =>
    html.split(/(?=<h3>)/).find((text) => text.startsWith(`<h3>${title}`)) ?? "";

  before(async () => {
    const project = readProject(".");
    for (const topology of topologies) {
      const { sites } = await planTopology(project, topology);
      judgements.set(topology.name, judge(sites.map(({ result }) => stackResources(result))));
    }
  });

  it("escapes every name and sentence that it was given", () => {
    const html = render(section({ ...of("master-slave"), cost }, HOSTILE, policies));
    expect(html).to.not.contain("<script").and.not.contain(`alert("x")`);
    expect(
      html.split(ESCAPED).length - 1,
      "title, note, finding, urn, pending, source, line, unknown",
    ).to.be.greaterThan(7);
  });

  it("tells violations of policies before the table of all, each with what to do and where", () => {
    const text = part(render(section(of("master-slave"), "t", policies)), "Policies");
    expect(text).to.match(/1 of 3 policies are kept; 1 disabled/);
    expect(text.indexOf("<strong>broken-one</strong>")).to.be.within(1, text.indexOf("All policies"));
    expect(text)
      .to.match(/<strong>To do:<\/strong> Do this\./)
      .and.contain("all sites together");
    for (const { name } of policies.policies) expect(text.slice(text.indexOf("All policies"))).to.contain(name);
    expect(text).to.match(/Known only after an up/);
  });

  it("counts a violated policy in the first lines, even where every promise is kept", () => {
    const kept: Judgement = { ...of("master-slave"), kept: true, promises: [], claims: [] };
    expect(render(section(kept, "t", policies))).to.match(/policies violated: 1<\/span>/);
    expect(render(section(kept))).to.match(/every promise kept<\/span>/);
  });

  it("shows cost with sums, open items, source and date of the prices, and that they are old", () => {
    const text = part(render(section({ ...of("master-slave"), cost })), "Cost");
    expect(text)
      .to.match(/20 EUR a month are known, 1 thing is open/)
      .and.match(/may add: 40 EUR/);
    expect(text)
      .to.match(/Prices of 2024-02-03/)
      .and.match(/more than a year old/);
    expect(text).to.contain("2 to 4").and.contain("96 GiB").and.contain("no price");
    const fresh = renderReport({
      sections: [section({ ...of("master-slave"), cost })],
      columns: [],
      now: new Date("2024-03-01"),
    });
    expect(fresh).to.not.contain("more than a year old");
  });

  it("says where each store's copies lie, and what is gone with a provider", () => {
    const alone = placesSection(of("all-azure").system)!.text;
    for (const { data, onlyWith } of dataPlaces(of("all-azure").system)) {
      expect(onlyWith).to.include({ state: "known", value: "azure" });
      expect(alone).to.contain(`${data}: every copy lies with azure, and is gone with it.`);
    }
    expect(alone).to.contain("westeurope").and.contain("NL");
    const own = placesSection(of("master-slave").system)!.text;
    expect(own).to.contain("its owner").and.contain("is not declared").and.not.contain("is gone with it");
  });

  it("draws the zones inside a site as columns with their servers, and a provider's name service outside of the sites", () => {
    const { system } = of("azure-primary");
    const drawn = picture(system);
    const azure = system.sites.find(({ name }) => name === "azure")!;
    expect(drawn.match(/class="zone"/g)).to.have.length(3);
    for (const { name } of azure.servers) expect(drawn).to.contain(`>${name}<`);
    const at = (text: string): number => Number(new RegExp(`y="([\\d.]+)"[^>]*>${text}<`).exec(drawn)?.[1]);
    expect(at("name service of azure")).to.be.lessThan(at("azure"));
    expect(drawn.split("name server").length - 1, "Aachen's own only").to.equal(1);
    const lines = [...drawn.matchAll(/<rect class="zone" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"/g)];
    expect(new Set(lines.map(([, , y]) => y)).size).to.equal(1);
    const columns = lines.map(([, x, , width]) => [Number(x), Number(x) + Number(width)] as const);
    for (const [index, [left]] of columns.entries())
      if (index > 0) expect(left).to.be.greaterThan(columns[index - 1]![1]);
  });

  it("draws no zones where a site is one", () => {
    expect(picture(of("master-slave").system))
      .to.not.contain('class="zone"')
      .and.not.contain("name service of");
  });

  it("stays inside its frame, side by side and stacked", () => {
    for (const { system } of judgements.values()) {
      for (const [, viewBox, body] of diagram(system).text.matchAll(/viewBox="0 0 ([\d. ]+)"([\s\S]*?)<\/svg>/g)) {
        const [width, height] = viewBox!.split(" ").map(Number);
        for (const [, x, y, w, h] of body!.matchAll(
          /<rect[^>]* x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g,
        )) {
          expect(Number(x) + Number(w)).to.be.at.most(width!);
          expect(Number(y) + Number(h)).to.be.at.most(height!);
        }
      }
    }
  });

  it("compares the topologies at the top where there are several, and needs no script", () => {
    const configuration = { perSite: 1, perService: 1, written: 2, declared: 9 };
    const candidates = topologies.map((topology) => ({ topology, judgement: of(topology.name), configuration }));
    const sections = topologies.map(({ name, title }) => section(of(name), title));
    const html = renderReport({ sections, columns: comparisonOf(candidates), now: NOW });
    expect(html.indexOf("The topologies side by side")).to.be.lessThan(html.indexOf('<h2 id="t0"'));
    expect(html.indexOf('<h2 id="comparison"')).to.be.within(1, html.indexOf('<h2 id="t0"'));
    expect(html).to.not.match(/<script|onclick|<link|<img|src=/);
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).to.equal(ids.length);
    for (const [, target] of html.matchAll(/href="#([^"]+)"/g)) expect(ids).to.include(target);
    expect(render(sections[0]!)).to.not.contain("side by side");
  });
});
