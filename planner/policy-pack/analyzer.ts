import * as grpc from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import type { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/analyzer_pb.js";
import type { AnalyzeResponse } from "@pulumi/pulumi/proto/analyzer_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb.js";
import type { Level, SettingValues } from "../../policies/rule.ts";
import { PENDING, SECRET } from "../../resilience/resource.ts";
import type { Resource, StackResources } from "../../resilience/resource.ts";
import { isObject, secret, UNKNOWN } from "../wire.ts";
import type { WireObject } from "../wire.ts";

/** As the engine allows (pulumi 3.270): a stack may be large. */
const LARGEST_MESSAGE = 400 * 1024 * 1024;

/** What is set of one policy of the pack. */
export interface PolicySetting {
  readonly level: Level | "disabled";
  readonly settings: SettingValues;
}

/** One violation, as the pack reports it. */
export interface Diagnostic {
  readonly policy: string;
  readonly level: Level;
  readonly urn: string | null;
  readonly description: string;
  readonly message: string;
}

/** Speaks to a pack as the engine does, over the Analyzer service. */
export class Analyzer {
  private readonly client: AnalyzerClient;

  constructor(address: string) {
    this.client = new services.AnalyzerClient(address, grpc.credentials.createInsecure(), {
      "grpc.max_receive_message_length": LARGEST_MESSAGE,
      "grpc.max_send_message_length": LARGEST_MESSAGE,
    });
  }

  /** Names of the policies that the pack has. */
  async policies(): Promise<readonly string[]> {
    const info = await answer<messages.AnalyzerInfo>((done) => this.client.getAnalyzerInfo(new empty.Empty(), done));
    return info.getPoliciesList().map((policy) => policy.getName());
  }

  async configure(policies: ReadonlyMap<string, PolicySetting>): Promise<void> {
    const request = new messages.ConfigureAnalyzerRequest();
    for (const [name, { level, settings }] of policies) {
      const config = new messages.PolicyConfig();
      config.setEnforcementlevel(LEVELS[level]);
      config.setProperties(struct.Struct.fromJavaScript({ ...settings }));
      request.getPolicyconfigMap().set(name, config);
    }
    await answer<unknown>((done) => this.client.configure(request, done));
  }

  /**
   * Resources by themselves, then all of them, as an `up` does.
   *
   * @param types of the resources that are looked at by themselves; the pack has nothing to say of others
   */
  async judge({ resources }: StackResources, types: ReadonlySet<string>): Promise<readonly Diagnostic[]> {
    const alone = resources.filter(({ type }) => types.has(type));
    const found = await Promise.all(
      alone.map(async (resource) => {
        const request = requestOf(resource);
        const response = await answer<AnalyzeResponse>((done) => this.client.analyze(request, done));
        return diagnosticsOf(response, resource.urn);
      }),
    );
    const request = new messages.AnalyzeStackRequest();
    request.setResourcesList(resources.map(stackResourceOf));
    const response = await answer<AnalyzeResponse>((done) => this.client.analyzeStack(request, done));
    return [...found.flat(), ...diagnosticsOf(response, null)];
  }

  close(): void {
    this.client.close();
  }
}

const LEVELS = {
  advisory: messages.EnforcementLevel.ADVISORY,
  mandatory: messages.EnforcementLevel.MANDATORY,
  disabled: messages.EnforcementLevel.DISABLED,
} as const;

function answer<T>(call: (done: (error: grpc.ServiceError | null, response: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, response) => {
      if (error) reject(new Error(`the policy pack answered with an error: ${error.details}`));
      else resolve(response);
    });
  });
}

function diagnosticsOf(response: AnalyzeResponse, urn: string | null): readonly Diagnostic[] {
  return response.getDiagnosticsList().map((one) => ({
    policy: one.getPolicyname(),
    level: one.getEnforcementlevel() === messages.EnforcementLevel.MANDATORY ? "mandatory" : "advisory",
    urn: one.getUrn() || urn,
    description: one.getDescription(),
    message: one.getMessage(),
  }));
}

function requestOf(resource: Resource): messages.AnalyzeRequest {
  const request = new messages.AnalyzeRequest();
  request.setUrn(resource.urn);
  request.setType(resource.type);
  request.setName(resource.name);
  request.setProperties(propertiesOf(resource));
  request.setOptions(optionsOf(resource));
  return request;
}

function stackResourceOf(resource: Resource): messages.AnalyzerResource {
  const message = new messages.AnalyzerResource();
  message.setUrn(resource.urn);
  message.setType(resource.type);
  message.setName(resource.name);
  message.setProperties(propertiesOf(resource));
  message.setOptions(optionsOf(resource));
  message.setParent(resource.parent ?? "");
  message.setDependenciesList([...resource.dependencies]);
  for (const [key, urns] of Object.entries(resource.propertyDependencies)) {
    const dependencies = new messages.AnalyzerPropertyDependencies();
    dependencies.setUrnsList([...urns]);
    message.getPropertydependenciesMap().set(key, dependencies);
  }
  return message;
}

function optionsOf({ protect, parent }: Resource): messages.AnalyzerResourceOptions {
  const options = new messages.AnalyzerResourceOptions();
  options.setProtect(protect ?? false);
  if (parent !== undefined) options.setParent(parent);
  return options;
}

function propertiesOf({ inputs }: Resource): struct.Struct {
  return struct.Struct.fromJavaScript(wireEntries(inputs));
}

/** Secrets go without their value, which the analysis must do without; what only an `up` knows goes as the engine sends it. */
function toWire(value: unknown): JavaScriptValue {
  if (Array.isArray(value)) return value.map(toWire);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (!isObject(value)) return null;
  if (isMark(value, PENDING.holdfast)) return UNKNOWN;
  return wireEntries(isMark(value, SECRET.holdfast) ? secret("[secret]") : value);
}

function wireEntries(object: WireObject): Record<string, JavaScriptValue> {
  const present = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present.map(([key, value]) => [key, toWire(value)]));
}

function isMark(value: WireObject, mark: string): boolean {
  return value["holdfast"] === mark && Object.keys(value).length === 1;
}
