import { expect } from "chai";
import { capacityOf, capacityText } from "../../../../lab/load/proxy-alone.ts";

/** As wrk 4.1.0 prints it. */
const printed = (more: string): string =>
  `Running 10s test @ https://192.0.2.10/.holdfast/ping
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     4.01ms    3.11ms  60.13ms   85.00%
    Req/Sec     8.30k     1.02k   10.10k    70.00%
  82500 requests in 10.00s, 14.00MB read
${more}Requests/sec:   8250.00
Transfer/sec:      1.40MB
`;

describe("what the proxy alone carries", () => {
  it("is what it answered well", () => {
    expect(capacityOf(printed(""))).to.deep.equal({ perSecond: 8250, failed: 0 });
    const errors = "  Socket errors: connect 0, read 2, write 0, timeout 3\n  Non-2xx or 3xx responses: 2500\n";
    const capacity = capacityOf(printed(errors));
    expect(capacity).to.deep.equal({ perSecond: 8000, failed: 2505 });
    expect(capacityText(capacity)).to.match(/carries 8000 requests per second .*2505 failed/);
  });

  it("is unknown where wrk does not say it", () => {
    expect(() => capacityOf("unable to connect to 192.0.2.10:443 Connection refused\n")).to.throw(/does not tell/);
  });
});
