import { expect } from "chai";
import { memberOf } from "../../../../lab/faults/d04-database.ts";

describe("MongoDB's primary", () => {
  it("is the member that its host names, with or without domain and port", () => {
    expect(memberOf("mongo-azure-2:27017\n", "azure")).to.equal("mongo-azure-2");
    expect(memberOf("mongo-azure-0.platform.svc.cluster.local:27017", "azure")).to.equal("mongo-azure-0");
  });

  it("is none that a fault at this site could hit, if it is at another one or there is none", () => {
    for (const host of ["mongo-aachen-0:27017", "undefined", "", "mongo-azure-arbiter:27017"])
      expect(() => memberOf(host, "azure")).to.throw("no member at azure");
  });
});
