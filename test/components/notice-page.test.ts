import { expect } from "chai";
import { noticeFiles } from "../../components/notice-page.ts";
import { seconds } from "../../topologies/units.ts";
import { expectSnapshot } from "./snapshot.ts";

const files = noticeFiles(seconds(45));

describe("components/notice-page", () => {
  it("is configured as it was reviewed", () => {
    expectSnapshot("notice-nginx.conf", files["nginx.conf"]!);
    expectSnapshot("notice-write.html", files["write.html"]!);
  });

  it("says of a write that it may or may not have been stored, and when to try again", () => {
    expect(files["write.html"]).to.include("may or may not have been stored").and.include("45 seconds");
    expect(JSON.parse(files["write.json"]!)).to.include({ error: "write-not-confirmed", retryAfter: 45 });
    expect(files["nginx.conf"]).to.include("add_header Retry-After 45 always;");
  });

  it("says of a read that nothing was changed", () => {
    expect(files["read.html"]).to.include("Nothing was changed").and.not.include("stored");
    expect(JSON.parse(files["read.json"]!)).to.include({ error: "unavailable" });
  });

  it("fits a phone", () => {
    for (const page of ["read.html", "write.html"]) expect(files[page]).to.include('name="viewport"');
  });
});
