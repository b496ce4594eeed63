import { expect } from "chai";
import { localPorts, Opinions } from "../../../../lab/site/local-services.ts";
import type { BalancedService, Slice } from "../../../../lab/site/local-services.ts";

const meta = (name: string, namespace = "platform") => ({ name, namespace, uid: name, resourceVersion: "1" });
const service = (name: string, spec: BalancedService["spec"]): BalancedService => ({ metadata: meta(name), spec });
const local = { type: "LoadBalancer", externalTrafficPolicy: "Local" } as const;
const slice = (of: string, endpoints: Exclude<Slice["endpoints"], undefined>, namespace = "platform"): Slice => ({
  metadata: { ...meta(`${of}-x`, namespace), labels: { "kubernetes.io/service-name": of } },
  endpoints,
});

describe("Services that take traffic only where their pods are", () => {
  it("are led to the servers that have a ready pod of them, each port by itself", () => {
    const dns = service("dns", {
      ...local,
      ports: [
        { port: 53, protocol: "UDP" },
        { port: 53, protocol: "TCP" },
      ],
    });
    const slices = [
      slice("dns", [
        { nodeName: "two", conditions: { ready: true } },
        { nodeName: "one", conditions: { ready: false } },
        { nodeName: "two", conditions: { ready: true } },
      ]),
      slice("dns", [{ nodeName: "three", conditions: { ready: true } }], "elsewhere"),
      slice("other", [{ nodeName: "three", conditions: { ready: true } }]),
    ];
    expect(localPorts([dns], slices)).to.deep.equal([
      { protocol: "udp", port: 53, servers: ["two"] },
      { protocol: "tcp", port: 53, servers: ["two"] },
    ]);
  });

  it("are those with a load balancer and the policy Local; one without a pod is led to nobody", () => {
    const ports = [{ port: 443 }];
    const all = [
      service("inside", { type: "ClusterIP", ports }),
      service("anywhere", { type: "LoadBalancer", externalTrafficPolicy: "Cluster", ports }),
      service("here", { ...local, ports }),
    ];
    expect(localPorts(all, [slice("here", null)])).to.deep.equal([{ protocol: "tcp", port: 443, servers: [] }]);
  });
});

describe("what a load balancer thinks of a server", () => {
  it("changes with the second answer in a row, both ways", () => {
    const opinions = new Opinions();
    const heard = [true, true, false, true, false, false, true, true].map((answer) => opinions.hear("one", answer));
    expect(heard).to.deep.equal([false, true, true, true, true, false, false, true]);
    expect(opinions.hear("two", true)).to.equal(false);
  });
});
