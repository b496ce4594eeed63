import type { Difference } from "../apply/difference.ts";

/** In what a site of the lab differs from one whose servers are machines of their own, whatever runs on it. */
export const groundDifferences: readonly Difference[] = [
  {
    subject: "servers",
    what: "namespaces of one machine with its kernel, clock, processors and memory, each with its own etcd, API server, kubelet and container runtime",
    why: "one machine carries all sites: a fault of the clock or the kernel would strike every site at once",
  },
  {
    subject: "processors",
    what: "a node shows as many as are planned, and all nodes share those of this machine: what a pod requests gives it its weight among the others, and not the processors that a scheduler would have set aside; all pods of a server together weigh twice what each of its own programs does; clients, the line and the public resolver go before all of it",
    why: "times that a program's start makes up are longer here than on the planned servers, most of all while several start at once",
  },
  {
    subject: "disk arrays",
    what: "a real file system per array on one disk image, which fails with input/output errors when more members are lost than the level bears; members are counted, not written to; it does not wait for the disk below to flush",
    why: "the kernel need not have md; a rebuild, a degraded array's speed and bit rot are not shown",
  },
  {
    subject: "container images",
    what: "linked from one store on the machine's own disk, with the container runtime's other files: neither a power failure nor the loss of an array takes them, and a server that is built anew has them at once",
    why: "a real server would pull them again; the time that this takes is not shown",
  },
  {
    subject: "volumes",
    what: "folders on the array, made by the lab in place of the class's provisioner; a provider's volumes are folders that every server finds at once, without attaching",
    why: "k3s' provisioner and Azure's driver are not run",
  },
  {
    subject: "load balancer",
    what: "the lab writes the site's public address into each Service and, of several servers, leads to those that are on, 10 s after one died; each port of a Service with externalTrafficPolicy Local to those with a ready pod, by probes every 5 s of which two count, answered from the cluster's endpoints and not by kube-proxy",
    why: "k3s' and Azure's controllers are not run",
  },
  {
    subject: "network policies",
    what: "enforced by the lab's own controller with iptables where that is switched on; what a control plane beside the nodes sends to pods passes",
    why: "k3s' own controller is not among the modules that can be had",
  },
  {
    subject: "control plane",
    what: "one etcd, and controllers without leader election, so that a restart waits for no lease",
    why: "a site has one server with a control plane",
  },
  {
    subject: "line between the sites",
    what: "delay, jitter and loss by a program that keeps packets in order, bandwidth by a token bucket",
    why: "the kernel need not have netem",
  },
  {
    subject: "public DNS",
    what: "a real resolver that is told each zone's name servers; there is no root and no parent zone",
    why: "nothing leaves the machine",
  },
];
