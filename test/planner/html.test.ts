import { expect } from "chai";
import fc from "fast-check";
import { markup } from "../../planner/report/html.ts";

describe("planner/report/html", () => {
  it("escapes every value that is not markup itself", () => {
    const name = `<img src=x onerror="alert('1')">&`;
    expect(markup`<p title="${name}">${name}</p>`.text).to.equal(
      '<p title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;">&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;</p>',
    );
    const items = [markup`<li>${"<"}</li>`, markup`<li>${2}</li>`];
    expect(markup`<ul>${items}</ul>${undefined}`.text).to.equal("<ul><li>&lt;</li>\n<li>2</li></ul>");
  });

  it("lets no text end an element or an attribute", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(markup`<a b="${text}">${text}</a>`.text.match(/[<>"']/g)?.join("")).to.equal(`<"">` + "<>");
      }),
    );
  });
});
