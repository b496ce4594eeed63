import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ExistingSiteConfig } from "../config/schema.ts";
import { NO_LOAD_BALANCER } from "./load-balancer.ts";
import type { ZonePlatform } from "./zone-platform.ts";

/** A cluster that is there already: nothing is made but the way to reach it. */
export function existingPlatform(
  name: string,
  { publicAddresses, backupStore }: ExistingSiteConfig,
  kubeconfig: pulumi.Output<string> | undefined,
  parent: pulumi.Resource,
): ZonePlatform {
  const { bucket, region, endpoint } = backupStore;
  return {
    provider: new k8s.Provider(
      `${name}-cluster`,
      { enableServerSideApply: true, ...(kubeconfig ? { kubeconfig: pulumi.secret(kubeconfig) } : {}) },
      { parent },
    ),
    publicAddresses,
    loadBalancer: NO_LOAD_BALANCER,
    identity: { serviceAccountAnnotations: {}, podLabels: {} },
    backupStore: { protocol: "s3", bucket, region, tls: endpoint.startsWith("https:") },
    mongoBackupKey: undefined,
    publicDns: undefined,
    needed: [],
  };
}
