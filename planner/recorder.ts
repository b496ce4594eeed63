import type * as pulumi from "@pulumi/pulumi";
import type {
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
  ReadResourceRequest,
} from "@pulumi/pulumi/proto/resource_pb.js";
import type { Resource } from "../resilience/resource.ts";
import type { Made } from "./made.ts";
import { invoke, make, STACK_REFERENCE } from "./providers.ts";
import { hasSecret, isObject, isSecret, secret, toFact } from "./wire.ts";
import type { WireObject } from "./wire.ts";

export type StackOutputs = Readonly<Record<string, unknown>>;
/** What a refresh has read of resources that are there, by their URN: it joins what the provider answers for them. */
export type Refreshed = Readonly<Record<string, WireObject>>;

/** A resource as the engine would note it. `inputs` is what the analysis sees: a component's registered outputs are in it. */
export interface RecordedResource extends Resource {
  readonly custom: boolean;
  /** Read, not made: another stack, an object that exists already. */
  readonly external: boolean;
  readonly id: string | undefined;
  readonly provider: string | undefined;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  /** Inputs and outputs in Pulumi's notation, secrets marked and readable: never write these to a file. */
  readonly wireInputs: WireObject;
  readonly wireOutputs: WireObject;
}

const ROOT = "pulumi:pulumi:Stack";

type Callback<T> = (error: Error | null, response?: T) => void;
type Handler<R> = (request: R, callback: Callback<unknown>) => unknown;

/** The calls of the mock monitor that are wrapped. */
interface Monitor {
  registerResource: Handler<RegisterResourceRequest>;
  readResource: Handler<ReadResourceRequest>;
  registerResourceOutputs: Handler<RegisterResourceOutputsRequest>;
  newUrn: (parent: string, type: string, name: string) => string;
}

/**
 * Takes notes of all that a program tells the engine. The SDK's mocks are told only a resource's type, name and inputs;
 * the request that reaches the monitor has the parent, the dependencies and the marks of secrets, so it is read there.
 */
export class Recorder {
  readonly resources: RecordedResource[] = [];
  readonly problems: string[] = [];
  readonly references = new Set<string>();
  outputs: StackOutputs = {};
  private readonly project: string;
  private readonly stack: string;
  private readonly others: Readonly<Record<string, StackOutputs>>;
  private readonly refreshed: Refreshed;
  /** Answer to the registration that the monitor is handling; it asks the mocks for it before it waits for anything. */
  private answer: Made = { id: "", outputs: {} };

  constructor(
    project: string,
    stack: string,
    others: Readonly<Record<string, StackOutputs>>,
    refreshed: Refreshed = {},
  ) {
    this.project = project;
    this.stack = stack;
    this.others = others;
    this.refreshed = refreshed;
  }

  mocks(): pulumi.runtime.Mocks {
    return {
      newResource: () => ({ id: this.answer.id, state: this.answer.outputs }),
      call: ({ token, inputs }) => {
        try {
          return invoke(token, objectFrom(inputs));
        } catch (failure) {
          const problem = failure instanceof Error ? failure : new Error(String(failure));
          this.problems.push(problem.message);
          throw problem;
        }
      },
      registerTransform: () => this.refuseTransforms("the stack"),
      registerInvokeTransform: () => this.refuseTransforms("the stack's invokes"),
    };
  }

  attach(monitor: unknown): void {
    if (!isMonitor(monitor))
      throw new Error("the SDK's mock monitor lacks a call that is wrapped: has @pulumi/pulumi changed?");
    const register = monitor.registerResource.bind(monitor);
    const read = monitor.readResource.bind(monitor);
    const complete = monitor.registerResourceOutputs.bind(monitor);
    monitor.newUrn = (parent, type, name) => this.urnOf(parent, type, name);
    monitor.registerResource = (request, callback) =>
      this.guard(callback, () => this.register(request)) && register(request, callback);
    monitor.readResource = (request, callback) =>
      this.guard(callback, () => this.read(request)) && read(request, callback);
    monitor.registerResourceOutputs = (request, callback) =>
      this.guard(callback, () => this.complete(request)) && complete(request, callback);
  }

  private guard(callback: Callback<unknown>, note: () => void): boolean {
    try {
      note();
      return true;
    } catch (failure) {
      const problem = failure instanceof Error ? failure : new Error(String(failure));
      this.problems.push(problem.message);
      callback(problem);
      return false;
    }
  }

  /** As the engine does: the type is the chain of the parents' types, without the root's. */
  private urnOf(parent: string, type: string, name: string): string {
    const parentType = parent.split("::")[2] ?? "";
    const chain = parentType === "" || parentType === ROOT ? type : `${parentType}$${type}`;
    return `urn:pulumi:${this.stack}::${this.project}::${chain}::${name}`;
  }

  private register(request: RegisterResourceRequest): void {
    const urn = this.urnOf(request.getParent(), request.getType(), request.getName());
    if (request.getTransformsList().length > 0) this.refuseTransforms(urn);
    const root = request.getType() === ROOT;
    const inputs = root ? {} : objectOf(request.getObject());
    const answered = request.getCustom() ? make(request.getType(), urn, inputs) : { id: "", outputs: {} };
    const made = { id: answered.id, outputs: { ...answered.outputs, ...this.refreshed[urn] } };
    const secretNames = request.getAdditionalsecretoutputsList();
    for (const name of secretNames) if (name in made.outputs) made.outputs[name] = secret(made.outputs[name]);
    const propertyDependencies: Record<string, readonly string[]> = {};
    request.getPropertydependenciesMap().forEach((urns, key) => (propertyDependencies[key] = urns.getUrnsList()));
    this.add(urn, request, {
      custom: request.getCustom(),
      external: false,
      propertyDependencies,
      protect: request.getProtect() ?? false,
      retainOnDelete: request.getRetainondelete() ?? false,
      wireInputs: inputs,
      made,
    });
  }

  private read(request: ReadResourceRequest): void {
    const urn = this.urnOf(request.getParent(), request.getType(), request.getName());
    const inputs = objectOf(request.getProperties());
    const made = this.readAnswer(request, urn, inputs);
    this.add(urn, request, {
      custom: true,
      external: true,
      propertyDependencies: {},
      protect: false,
      retainOnDelete: false,
      wireInputs: inputs,
      made,
    });
  }

  private readAnswer(request: ReadResourceRequest, urn: string, inputs: WireObject): Made {
    if (request.getType() !== STACK_REFERENCE) {
      throw new Error(`${urn}: the program reads an existing ${request.getType()}, whose state nothing here can know`);
    }
    const id = request.getId();
    const name = id.split("/").at(-1) ?? id;
    this.references.add(name);
    const outputs = this.others[name] ?? {};
    const secretOutputNames = Object.keys(outputs).filter((key) => hasSecret(outputs[key]));
    return { id, outputs: { ...inputs, name: id, outputs, secretOutputNames } };
  }

  private add(
    urn: string,
    request: RegisterResourceRequest | ReadResourceRequest,
    rest: Pick<
      RecordedResource,
      "custom" | "external" | "propertyDependencies" | "protect" | "retainOnDelete" | "wireInputs"
    > & { readonly made: Made },
  ): void {
    if (this.resources.some((resource) => resource.urn === urn))
      throw new Error(`${urn}: registered twice; the engine refuses that`);
    const { made, ...noted } = rest;
    this.answer = made;
    this.resources.push({
      urn,
      type: request.getType(),
      name: request.getName(),
      inputs: factsOf(noted.wireInputs),
      ...(request.getParent() ? { parent: request.getParent() } : {}),
      dependencies: request.getDependenciesList(),
      ...noted,
      id: made.id === "" ? undefined : made.id,
      provider: request.getProvider() || undefined,
      wireOutputs: made.outputs,
    });
  }

  /** Outputs that a component registers join what is known of it; the root's are the stack's. */
  private complete(request: RegisterResourceOutputsRequest): void {
    const at = this.resources.findIndex(({ urn }) => urn === request.getUrn());
    const resource = this.resources[at];
    if (!resource) throw new Error(`${request.getUrn()}: outputs of a resource that was never registered`);
    const outputs = objectOf(request.getOutputs());
    if (resource.type === ROOT) this.outputs = outputs;
    this.resources[at] = {
      ...resource,
      inputs: { ...factsOf(outputs), ...resource.inputs },
      wireOutputs: { ...resource.wireOutputs, ...outputs },
    };
  }

  private refuseTransforms(where: string): void {
    this.problems.push(
      `transforms are registered for ${where}: the SDK's mocks run none, so the plan would not show what an up does`,
    );
  }
}

function isMonitor(value: unknown): value is Monitor {
  const names = ["registerResource", "readResource", "registerResourceOutputs", "newUrn"] as const;
  return (
    typeof value === "object" && value !== null && names.every((name) => typeof Reflect.get(value, name) === "function")
  );
}

function objectFrom(inputs: unknown): WireObject {
  return isObject(inputs) ? inputs : {};
}

function objectOf(struct: { toJavaScript(): Record<string, unknown> } | undefined): WireObject {
  return struct?.toJavaScript() ?? {};
}

function factsOf(object: WireObject): WireObject {
  const facts = toFact(object);
  return isObject(facts) && !isSecret(facts) ? facts : {};
}
