/** A value in a Lua record of PowerDNS: texts, numbers and tables; other expressions are not read. */
export type LuaValue = string | number | boolean | LuaTable;

export interface LuaTable {
  /** Values without a key, in order. */
  readonly list: readonly LuaValue[];
  readonly pairs: readonly (readonly [string, LuaValue])[];
}

export interface LuaCall {
  readonly name: string;
  readonly args: readonly LuaValue[];
}

/** One call, `ifportup(443, {'192.0.2.1'}, {selector='all'})`; undefined: it is more than that, or something else. */
export function parseLuaCall(text: string): LuaCall | undefined {
  const tokens = text.match(/'[^']*'|"[^"]*"|-?\d+(?:\.\d+)?|[A-Za-z_]\w*|[{}()[\],;=]|\S/g) ?? [];
  const reader = new Reader(tokens[0] === "return" ? tokens.slice(1) : tokens);
  try {
    return reader.call();
  } catch (error) {
    if (error instanceof NotRead) return undefined;
    throw error;
  }
}

class NotRead extends Error {}

class Reader {
  private at = 0;
  private readonly tokens: readonly string[];

  constructor(tokens: readonly string[]) {
    this.tokens = tokens;
  }

  call(): LuaCall {
    const name = this.take(/^[A-Za-z_]\w*$/);
    this.take(/^\($/);
    const args: LuaValue[] = [];
    while (!this.skip(")")) {
      args.push(this.value());
      if (!this.skip(",") && this.tokens[this.at] !== ")") throw new NotRead();
    }
    this.skip(";");
    if (this.at !== this.tokens.length) throw new NotRead();
    return { name, args };
  }

  private value(): LuaValue {
    if (this.skip("{")) return this.table();
    const token = this.take(/./);
    if (/^['"]/.test(token)) return token.slice(1, -1);
    if (/^-?\d/.test(token)) return Number(token);
    if (token === "true" || token === "false") return token === "true";
    throw new NotRead();
  }

  private table(): LuaTable {
    const list: LuaValue[] = [];
    const pairs: (readonly [string, LuaValue])[] = [];
    while (!this.skip("}")) {
      const key = this.key();
      if (key === undefined) list.push(this.value());
      else pairs.push([key, this.value()]);
      if (!this.skip(",") && !this.skip(";") && this.tokens[this.at] !== "}") throw new NotRead();
    }
    return { list, pairs };
  }

  /** `name=` or `['name']=`. */
  private key(): string | undefined {
    const [first = "", second = "", third = "", fourth = ""] = this.tokens.slice(this.at, this.at + 4);
    if (first === "[" && /^['"]/.test(second) && third === "]" && fourth === "=") {
      this.at += 4;
      return second.slice(1, -1);
    }
    if (!/^[A-Za-z_]\w*$/.test(first) || second !== "=") return undefined;
    this.at += 2;
    return first;
  }

  private take(pattern: RegExp): string {
    const token = this.tokens[this.at];
    if (token === undefined || !pattern.test(token)) throw new NotRead();
    this.at++;
    return token;
  }

  private skip(token: string): boolean {
    if (this.tokens[this.at] !== token) return false;
    this.at++;
    return true;
  }
}
