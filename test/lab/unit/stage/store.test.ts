import { expect } from "chai";
import { bucketRequests, storePort } from "../../../../lab/stage/store.ts";

describe("a store of the lab", () => {
  const store = {
    endpoint: "https://s3.aachen.example.org:9000",
    bucket: "holdfast",
    lockedFor: 35 * 86_400,
    server: "aachen-1",
    array: "backup",
  };

  it("listens at the port of its address, or its protocol's", () => {
    expect(storePort(store)).to.equal(9000);
    expect(storePort({ ...store, endpoint: "https://s3.aachen.example.org" })).to.equal(443);
  });

  it("has a bucket whose versions nobody can delete before their time", () => {
    const [made, locked] = bucketRequests(store);
    expect(made).to.deep.include({ method: "PUT", url: "https://s3.aachen.example.org:9000/holdfast" });
    expect(made?.headers).to.deep.equal({ "x-amz-bucket-object-lock-enabled": "true" });
    expect(locked?.url).to.equal("https://s3.aachen.example.org:9000/holdfast?object-lock");
    expect(locked?.body).to.include("<Mode>COMPLIANCE</Mode><Days>35</Days>");
  });

  it("keeps part of a day a whole day, and locks nothing where the plan does not", () => {
    expect(bucketRequests({ ...store, lockedFor: 86_401 })[1]?.body).to.include("<Days>2</Days>");
    expect(bucketRequests({ ...store, lockedFor: 0 })[1]?.body).not.to.include("Retention");
  });
});
