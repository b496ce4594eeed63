/** What a Service of type LoadBalancer must say on the site's platform. */
export interface LoadBalancer {
  /** Empty: nothing. */
  readonly annotations: Readonly<Record<string, string>>;
  /**
   * Does the balancer ask each node whether it has a pod of the Service? Where it asks nothing (UDP on Azure has no probe
   * of its own), a dead node would go on swallowing its share.
   */
  readonly asksForLocalPods: boolean;
}

export const NO_LOAD_BALANCER: LoadBalancer = { annotations: {}, asksForLocalPods: false };

/** `metadata` and `spec` of a Service of type LoadBalancer, as the platform wants them. */
export function balanced<M extends object, S extends object>(
  { annotations, asksForLocalPods }: LoadBalancer,
  { metadata, spec }: { readonly metadata: M; readonly spec: S },
) {
  return {
    metadata: { ...metadata, ...(Object.keys(annotations).length > 0 ? { annotations: { ...annotations } } : {}) },
    spec: { type: "LoadBalancer", ...spec, ...(asksForLocalPods ? { externalTrafficPolicy: "Local" } : {}) },
  };
}
