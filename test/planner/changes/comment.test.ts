import { expect } from "chai";
import { COMMENT_MARKER, commentOf } from "../../../planner/changes/comment.ts";
import type { Changes } from "../../../planner/changes/changes.ts";
import { changesText } from "../../../planner/changes/text.ts";

const HOSTILE = [
  "@everyone",
  "#1 !2 ~bug %3",
  "| a | b |",
  "```",
  "````diff",
  "`",
  "</details><script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "![x](https://example.org/x.png)",
  "[x](javascript:alert(1))",
  "https://example.org",
  `x\n\n/close\n@someone\n${COMMENT_MARKER}`,
  "--> <!--",
  "a\u202Eb\u200B\u001B[31m",
  ":tada: **bold** _it_",
  "",
  " ",
  "\\",
];

const INVISIBLE = ["\u202E", "\u200B", "\u001B"];

const NOTHING: Changes = {
  stacks: { gone: [], come: [] },
  kept: { before: true, after: true },
  promises: [],
  claims: [],
  faults: [],
  policies: null,
  cost: null,
  uncompared: [],
};

/** Changes in which every word that could have been read from a resource is the one given. */
function full(word: string): Changes {
  const reasons = { gone: [{ text: word, urns: [word] }], come: [{ text: `${word}2`, urns: [word] }] };
  const finding = { policy: word, level: word, stack: word, urn: word, message: word };
  return {
    ...NOTHING,
    stacks: { gone: [word], come: [word] },
    promises: [
      {
        id: word,
        title: "",
        before: "kept",
        after: "broken",
        faults: [{ fault: word, before: "kept", after: "broken", why: word }],
        why: null,
        reasons: { gone: [], come: [] },
      },
    ],
    claims: [
      {
        id: word,
        title: word,
        before: "refuted",
        after: "confirmed",
        faults: [],
        why: { before: "a", after: word },
        reasons,
      },
    ],
    faults: [
      {
        fault: word,
        title: word,
        kind: "changed",
        aspects: [{ name: word, before: word, after: `${word}2` }],
        promises: [{ id: word, before: "kept", after: "broken", why: word }],
        reasons,
      },
    ],
    policies: { violated: [finding], mended: [finding] },
    cost: {
      currency: word,
      before: 1,
      after: 2,
      lines: [{ site: word, what: word, before: 1, after: "no price" }],
      unknown: [word],
    },
  };
}

/** What is left for Markdown to read once all code is taken out, as CommonMark finds it: fenced blocks, then code spans. */
function outsideCode(markdown: string): string {
  const lines: string[] = [];
  let fence = "";
  for (const line of markdown.split("\n")) {
    const ticks = /^(`{3,})([a-z]*)$/.exec(line);
    if (fence === "" && ticks) fence = ticks[1]!;
    else if (fence !== "" && ticks && ticks[2] === "" && ticks[1]!.length >= fence.length) fence = "";
    else if (fence === "") lines.push(line);
  }
  expect(fence, "an open fence").to.equal("");
  return lines
    .map((line) =>
      line.startsWith("<details>")
        ? line.replace(/<code>[^<>"]*<\/code>/g, "CODE")
        : line.replace(/(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)/g, "CODE"),
    )
    .join("\n");
}

describe("the comment on a pull request", () => {
  it("is one line below its marker where nothing changed, and says whether the promises are kept", () => {
    expect(commentOf(NOTHING).trimEnd().split("\n")).to.have.length(2);
    expect(commentOf(NOTHING)).to.contain("All that must be kept is kept");
    expect(commentOf({ ...NOTHING, kept: { before: false, after: false } })).to.contain(
      "Not every promise and policy is kept",
    );
  });

  it("begins with the same marker whatever changed", () => {
    for (const changes of [NOTHING, full("x")]) expect(commentOf(changes).split("\n")[0]).to.equal(COMMENT_MARKER);
  });

  it("puts every word that was read from a resource into code, however it is written", () => {
    const plain = outsideCode(commentOf(full("x")));
    expect(plain).to.not.match(/\bx\b/);
    for (const word of HOSTILE) {
      const comment = commentOf(full(word));
      expect(outsideCode(comment), word).to.equal(plain);
      expect(comment, word).to.not.match(/^\/\w/m);
      for (const character of INVISIBLE) expect(comment.includes(character), word).to.equal(false);
      expect(
        comment.split("\n").filter((line) => line === COMMENT_MARKER),
        word,
      ).to.have.length(1);
    }
  });

  it("keeps each cell of the table its own", () => {
    const rows = commentOf(full("a|b"))
      .split("\n")
      .filter((line) => line.startsWith("|"));
    for (const row of rows) expect(row.match(/\|/g), row).to.have.length(5);
  });

  it("says what is worse and what is better, and why", () => {
    const comment = commentOf(full("x"));
    expect(comment)
      .to.match(/Worse: `x`\. Better: `x`/)
      .and.match(/\| `x` \| kept \| \*\*broken\*\* \| `x` \|/);
    expect(comment)
      .to.match(/Policies newly violated: 1/)
      .and.match(/no longer violated: 1/)
      .and.match(/1\.00 → 2\.00/);
  });

  it("stays below GitHub's limit, leaves out whole parts only, and says so", () => {
    const [fault] = full("x").faults;
    const faults = Array.from({ length: 400 }, (_, index) => ({
      ...fault!,
      fault: `process:s${index}@aachen`,
      aspects: [{ name: "reads", before: "full", after: `${"long ".repeat(200)}${index}` }],
    }));
    const comment = commentOf({ ...NOTHING, faults });
    expect(comment.length).to.be.below(65_536);
    expect(comment).to.match(/\d+ more parts are left out here/);
    expect(comment.match(/<details>/g)).to.have.length(comment.match(/<\/details>/g)!.length);
    outsideCode(comment);
  });

  it("tells faults that change alike once", () => {
    const [fault] = full("x").faults;
    const comment = commentOf({
      ...NOTHING,
      faults: [
        { ...fault!, fault: "a:b" },
        { ...fault!, fault: "c:d" },
      ],
    });
    expect(comment).to.contain("<code>a:b</code>, <code>c:d</code>");
    expect(comment.match(/<details>/g)).to.have.length(1);
  });

  it("writes no control character to a terminal", () => {
    for (const word of HOSTILE)
      for (const character of INVISIBLE) expect(changesText(full(word)).includes(character), word).to.equal(false);
  });
});
