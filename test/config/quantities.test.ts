import { expect } from "chai";
import fc from "fast-check";
import { parseDuration, parseSize } from "../../config/quantities.ts";
import { kubernetesSize } from "../../topologies/units.ts";

describe("config/quantities", () => {
  it("reads times in seconds", () => {
    const read = ["0s", "30s", "5min", "24h", "35d"].map((text) => Number(parseDuration(text)));
    expect(read).to.deep.equal([0, 30, 300, 86_400, 3_024_000]);
  });

  it("reads sizes in bytes", () => {
    const read = ["512Mi", "20Gi", "4Ti"].map((text) => Number(parseSize(text)));
    expect(read).to.deep.equal([536_870_912, 21_474_836_480, 4_398_046_511_104]);
  });

  it("refuses what is no quantity, and says what is wanted", () => {
    for (const text of ["", "30", "s", "-1s", "1.5h", "5m", "1w", "30s ", "5minutes", "1toString", "1constructor"]) {
      expect(() => parseDuration(text), text).to.throw(RangeError, `"${text}": a time such as 30s`);
    }
    for (const text of ["", "20", "20G", "20gi", "-1Gi", "1.5Gi", "1Ki"]) {
      expect(() => parseSize(text), text).to.throw(RangeError, `"${text}": a size such as 512Mi`);
    }
  });

  it("is the inverse of the way in which sizes are written for Kubernetes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8_000_000 }), (mebibytes) => {
        const size = parseSize(`${mebibytes}Mi`);
        expect(parseSize(kubernetesSize(size))).to.equal(size);
      }),
    );
  });
});
