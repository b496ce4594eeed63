/** What a conjunction of a routing rule lets in. */
export interface Match {
  /** Empty: any host. */
  readonly hosts: readonly string[];
  /** Empty: any path. */
  readonly paths: readonly PathMatch[];
  /** Undefined: any method. */
  readonly methods: readonly string[] | undefined;
}

export interface PathMatch {
  readonly path: string;
  readonly exact: boolean;
}

export type ParsedRule = { readonly matches: readonly Match[] } | { readonly why: string };

/** The methods of RFC 9110 and RFC 5789: what `!Method(…)` leaves over. */
export const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE"] as const;

type Expression =
  | { readonly kind: "matcher"; readonly name: string; readonly value: string; readonly negated: boolean }
  | { readonly kind: "and" | "or"; readonly parts: readonly Expression[] };

class NotUnderstood extends Error {}

/** More alternatives than this are no rule that a person wrote. */
const MOST_MATCHES = 500;

/**
 * A rule of Traefik 3: `Host`, `Path`, `PathPrefix` and `Method`, with `&&`, `||`, `!` and parentheses, as the
 * alternatives that it lets in. Other matchers, and a negated host or path, are not understood.
 */
export function parseRule(rule: string): ParsedRule {
  try {
    const tokens = tokenize(rule);
    const { expression, next } = parseOr(tokens, 0);
    if (next !== tokens.length) throw new NotUnderstood(`"${tokens[next]}" is one too many`);
    return { matches: merge(alternatives(expression)) };
  } catch (error) {
    if (error instanceof NotUnderstood) return { why: `the rule ${rule} is not understood: ${error.message}` };
    throw error;
  }
}

function tokenize(rule: string): readonly string[] {
  const pattern = /\s*(&&|\|\||!|\(|\)|[A-Za-z]+\s*\(\s*(?:`[^`]*`|"[^"]*")\s*\))/y;
  const tokens: string[] = [];
  while (pattern.lastIndex < rule.trimEnd().length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(rule);
    if (!match) throw new NotUnderstood(`at "${rule.slice(at, at + 30)}"`);
    tokens.push(match[1] ?? "");
  }
  return tokens;
}

interface Parsed {
  readonly expression: Expression;
  readonly next: number;
}

function parseOr(tokens: readonly string[], from: number): Parsed {
  return parseList(tokens, from, "||", "or", (at) =>
    parseList(tokens, at, "&&", "and", (inner) => parseFactor(tokens, inner)),
  );
}

function parseList(
  tokens: readonly string[],
  from: number,
  operator: string,
  kind: "and" | "or",
  part: (at: number) => Parsed,
): Parsed {
  let { expression, next } = part(from);
  const parts = [expression];
  while (tokens[next] === operator) {
    ({ expression, next } = part(next + 1));
    parts.push(expression);
  }
  return { expression: parts.length === 1 ? (parts[0] ?? expression) : { kind, parts }, next };
}

function parseFactor(tokens: readonly string[], at: number): Parsed {
  const token = tokens[at];
  if (token === undefined) throw new NotUnderstood("it ends too early");
  if (token === "!") {
    const { expression, next } = parseFactor(tokens, at + 1);
    return { expression: negate(expression), next };
  }
  if (token === "(") {
    const { expression, next } = parseOr(tokens, at + 1);
    if (tokens[next] !== ")") throw new NotUnderstood("a parenthesis is not closed");
    return { expression, next: next + 1 };
  }
  const matcher = /^([A-Za-z]+)\s*\(\s*[`"](.*)[`"]\s*\)$/.exec(token);
  if (!matcher) throw new NotUnderstood(`"${token}" stands in the wrong place`);
  return {
    expression: { kind: "matcher", name: matcher[1] ?? "", value: matcher[2] ?? "", negated: false },
    next: at + 1,
  };
}

function negate(expression: Expression): Expression {
  switch (expression.kind) {
    case "matcher":
      return { ...expression, negated: !expression.negated };
    case "and":
      return { kind: "or", parts: expression.parts.map(negate) };
    case "or":
      return { kind: "and", parts: expression.parts.map(negate) };
    default: {
      const never: never = expression;
      throw new Error(`expression ${JSON.stringify(never)}`);
    }
  }
}

function alternatives(expression: Expression): readonly Match[] {
  switch (expression.kind) {
    case "matcher":
      return [matchOf(expression)];
    case "or":
      return limited(expression.parts.flatMap(alternatives));
    case "and":
      return expression.parts
        .map(alternatives)
        .reduce((left, right) => limited(left.flatMap((a) => right.flatMap((b) => intersect(a, b) ?? []))));
    default: {
      const never: never = expression;
      throw new Error(`expression ${JSON.stringify(never)}`);
    }
  }
}

function limited(matches: readonly Match[]): readonly Match[] {
  if (matches.length > MOST_MATCHES) throw new NotUnderstood(`it has more than ${MOST_MATCHES} alternatives`);
  return matches;
}

function matchOf({ name, value, negated }: Extract<Expression, { kind: "matcher" }>): Match {
  if (name === "Method") {
    const method = value.toUpperCase();
    return { hosts: [], paths: [], methods: negated ? METHODS.filter((other) => other !== method) : [method] };
  }
  if (negated) throw new NotUnderstood(`!${name} is not followed`);
  switch (name) {
    case "Host":
      return { hosts: [value.toLowerCase()], paths: [], methods: undefined };
    case "Path":
      return { hosts: [], paths: [{ path: value, exact: true }], methods: undefined };
    case "PathPrefix":
      return { hosts: [], paths: value === "/" ? [] : [{ path: value, exact: false }], methods: undefined };
    default:
      throw new NotUnderstood(`${name}(…) is not followed`);
  }
}

/** Both at once; undefined: nothing can be both. Before merging, a match has one host and one path at the most. */
function intersect(a: Match, b: Match): Match | undefined {
  const [hostA, hostB] = [a.hosts[0], b.hosts[0]];
  if (hostA !== undefined && hostB !== undefined && hostA !== hostB) return undefined;
  const path = bothPaths(a.paths[0], b.paths[0]);
  if (path === null) return undefined;
  const methods =
    a.methods && b.methods ? a.methods.filter((method) => b.methods?.includes(method)) : (a.methods ?? b.methods);
  if (methods?.length === 0) return undefined;
  const host = hostA ?? hostB;
  return { hosts: host === undefined ? [] : [host], paths: path ? [path] : [], methods };
}

function bothPaths(a: PathMatch | undefined, b: PathMatch | undefined): PathMatch | undefined | null {
  if (!a || !b) return a ?? b;
  const [narrow, wide] = a.exact || (!b.exact && a.path.length >= b.path.length) ? [a, b] : [b, a];
  if (wide.exact) return narrow.path === wide.path ? narrow : null;
  return narrow.path.startsWith(wide.path) ? narrow : null;
}

/** Alternatives that differ in one dimension only become one. */
function merge(matches: readonly Match[]): readonly Match[] {
  const byMethods = group(
    matches,
    ({ hosts, paths }) => JSON.stringify([hosts, paths]),
    (one, other) => ({
      ...one,
      methods: one.methods && other.methods ? [...new Set([...one.methods, ...other.methods])] : undefined,
    }),
  );
  const byHosts = group(
    byMethods,
    ({ paths, methods }) => JSON.stringify([paths, methods]),
    (one, other) => ({
      ...one,
      hosts: one.hosts.length > 0 && other.hosts.length > 0 ? [...new Set([...one.hosts, ...other.hosts])] : [],
    }),
  );
  return group(
    byHosts,
    ({ hosts, methods }) => JSON.stringify([hosts, methods]),
    (one, other) => ({
      ...one,
      paths: one.paths.length > 0 && other.paths.length > 0 ? [...one.paths, ...other.paths] : [],
    }),
  );
}

function group(
  matches: readonly Match[],
  key: (match: Match) => string,
  join: (one: Match, other: Match) => Match,
): readonly Match[] {
  const groups = new Map<string, Match>();
  for (const match of matches) {
    const id = key(match);
    const before = groups.get(id);
    groups.set(id, before ? join(before, match) : match);
  }
  return [...groups.values()];
}
