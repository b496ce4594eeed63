import { expect } from "chai";
import fc from "fast-check";
import { METHODS, parseRule } from "../../../resilience/observe/rule.ts";
import type { Match } from "../../../resilience/observe/rule.ts";

function matchesOf(rule: string): readonly Match[] {
  const parsed = parseRule(rule);
  if ("why" in parsed) throw new Error(parsed.why);
  return parsed.matches;
}

/** Does any alternative let a request in? */
const lets = (matches: readonly Match[], host: string, path: string, method: string): boolean =>
  matches.some(
    ({ hosts, paths, methods }) =>
      (hosts.length === 0 || hosts.includes(host)) &&
      (paths.length === 0 || paths.some((one) => (one.exact ? path === one.path : path.startsWith(one.path)))) &&
      (methods === undefined || methods.includes(method)),
  );

describe("observe: rules of Traefik", () => {
  it("merges alternatives that differ in one thing", () => {
    expect(matchesOf("Host(`a.b`) && PathPrefix(`/api`) && (Method(`GET`) || Method(`HEAD`))")).to.deep.equal([
      { hosts: ["a.b"], paths: [{ path: "/api", exact: false }], methods: ["GET", "HEAD"] },
    ]);
    expect(matchesOf("(Host(`A.b`) || Host(`c.d`)) && Path(`/x`)")).to.deep.equal([
      { hosts: ["a.b", "c.d"], paths: [{ path: "/x", exact: true }], methods: undefined },
    ]);
  });

  it("keeps alternatives apart that differ in more", () => {
    const matches = matchesOf("(Host(`a`) && Method(`GET`)) || (Host(`b`) && Method(`POST`))");
    expect([
      lets(matches, "a", "/", "GET"),
      lets(matches, "a", "/", "POST"),
      lets(matches, "b", "/", "POST"),
    ]).to.deep.equal([true, false, true]);
  });

  it("reads && before ||, and ! before both", () => {
    const matches = matchesOf("Host(`a`) || Host(`b`) && !Method(`POST`)");
    expect([
      lets(matches, "a", "/", "POST"),
      lets(matches, "b", "/", "POST"),
      lets(matches, "b", "/", "PUT"),
    ]).to.deep.equal([true, false, true]);
    expect(matchesOf("!(Method(`GET`) || Method(`HEAD`))")[0]?.methods).to.deep.equal(
      METHODS.filter((method) => !["GET", "HEAD"].includes(method)),
    );
  });

  it("keeps nothing of what can't be both", () => {
    expect(matchesOf("Host(`a`) && Host(`b`)")).to.deep.equal([]);
    expect(matchesOf("PathPrefix(`/a`) && Path(`/b`)")).to.deep.equal([]);
    expect(matchesOf("PathPrefix(`/a`) && PathPrefix(`/a/b`)")[0]?.paths).to.deep.equal([
      { path: "/a/b", exact: false },
    ]);
  });

  for (const rule of [
    "",
    "Host(`a`) &&",
    "(Host(`a`)",
    "Host(`a`) Host(`b`)",
    "Header(`X`, `y`)",
    "HostRegexp(`.*`)",
    "!PathPrefix(`/a`)",
    "Host(a)",
    "Host(`a`))",
  ]) {
    it(`does not understand ${rule || "nothing"}`, () => {
      expect(parseRule(rule))
        .to.have.property("why")
        .that.matches(/not understood/);
    });
  }

  it("lets in what the expression itself lets in", () => {
    type Node = { readonly text: string; readonly holds: (host: string, path: string, method: string) => boolean };
    const leaf: fc.Arbitrary<Node> = fc.oneof(
      fc.constantFrom("a", "b").map((host): Node => ({ text: `Host(\`${host}\`)`, holds: (h) => h === host })),
      fc
        .constantFrom("/x", "/x/y", "/z")
        .map((path): Node => ({ text: `PathPrefix(\`${path}\`)`, holds: (_, p) => p.startsWith(path) })),
      fc.constantFrom("/x", "/z").map((path): Node => ({ text: `Path(\`${path}\`)`, holds: (_, p) => p === path })),
      fc
        .constantFrom("GET", "POST")
        .map((method): Node => ({ text: `Method(\`${method}\`)`, holds: (_h, _p, m) => m === method })),
      fc
        .constantFrom("GET", "POST")
        .map((method): Node => ({ text: `!Method(\`${method}\`)`, holds: (_h, _p, m) => m !== method })),
    );
    const { node } = fc.letrec<{ node: Node }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.tuple(tie("node"), tie("node")).map(([a, b]): Node => ({
          text: `(${a.text} && ${b.text})`,
          holds: (...request) => a.holds(...request) && b.holds(...request),
        })),
        fc.tuple(tie("node"), tie("node")).map(([a, b]): Node => ({
          text: `(${a.text} || ${b.text})`,
          holds: (...request) => a.holds(...request) || b.holds(...request),
        })),
      ),
    }));
    fc.assert(
      fc.property(
        node,
        fc.constantFrom("a", "b", "c"),
        fc.constantFrom("/", "/x", "/x/y/z", "/z"),
        fc.constantFrom("GET", "POST", "PUT"),
        (rule, host, path, method) => {
          expect(lets(matchesOf(rule.text), host, path, method)).to.equal(rule.holds(host, path, method));
        },
      ),
    );
  });
});
