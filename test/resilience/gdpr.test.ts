import { expect } from "chai";
import { gdprHolds } from "../../resilience/gdpr.ts";

describe("where the GDPR is the law of the land", () => {
  it("is the EU's 27 states and three more of the EEA, and nowhere else", () => {
    const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
    const codes = letters.flatMap((first) => letters.map((second) => first + second));
    expect(codes.filter(gdprHolds)).to.have.length(27 + 3);
    expect(["DE", "IE", "NO"].map(gdprHolds)).to.deep.equal([true, true, true]);
    expect(["GB", "CH", "US", "de"].map(gdprHolds)).to.deep.equal([false, false, false, false]);
  });
});
