import * as grpc from "@grpc/grpc-js";
import engineServices from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";
import resourceServices from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import resourceMessages from "@pulumi/pulumi/proto/resource_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";

/** What the engine was told of a resource. */
export interface Registered {
  readonly type: string;
  readonly name: string;
}

/** A stand-in for the engine, at the other end of the wire that `pulumi up` uses; it previews, so it knows no outputs. */
export class Engine {
  readonly registered: Registered[] = [];
  /** What a user is shown: warnings and errors. */
  readonly logged: string[] = [];
  readonly #server = new grpc.Server();
  address = "";

  async start(): Promise<void> {
    this.#server.addService(resourceServices.ResourceMonitorService, this.#monitor());
    this.#server.addService(engineServices.EngineService, this.#engine());
    const port = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
        if (error) reject(error);
        else resolve(bound);
      });
    });
    this.address = `127.0.0.1:${port}`;
  }

  stop(): void {
    this.#server.forceShutdown();
  }

  #monitor(): grpc.UntypedServiceImplementation {
    return {
      supportsFeature: answer(() => {
        const response = new resourceMessages.SupportsFeatureResponse();
        response.setHassupport(true);
        return response;
      }),
      registerPackage: answer(() => new resourceMessages.RegisterPackageResponse()),
      invoke: answer((request: { getTok(): string }) => {
        throw new Error(`the program must ask no provider: ${request.getTok()}`);
      }),
      readResource: answer((request: { getName(): string; getProperties(): unknown }) => {
        // A stack that was initialised and never brought up: its reference has no outputs.
        const response = new resourceMessages.ReadResourceResponse();
        response.setUrn(`urn:pulumi:test::holdfast::pulumi:pulumi:StackReference::${request.getName()}`);
        response.setProperties(
          struct.Struct.fromJavaScript({ name: request.getName(), outputs: {}, secretOutputNames: [] }),
        );
        return response;
      }),
      registerResource: answer((request: resourceMessages.RegisterResourceRequest) => {
        this.registered.push({ type: request.getType(), name: request.getName() });
        const response = new resourceMessages.RegisterResourceResponse();
        response.setUrn(`urn:pulumi:test::holdfast::${request.getType()}::${request.getName()}`);
        response.setObject(request.getObject());
        return response;
      }),
      registerResourceOutputs: answer(() => new empty.Empty()),
      signalAndWaitForShutdown: answer(() => new empty.Empty()),
    };
  }

  #engine(): grpc.UntypedServiceImplementation {
    return {
      log: answer((request: { getMessage(): string; getSeverity(): number }) => {
        if (request.getSeverity() >= engineMessages.LogSeverity.WARNING) this.logged.push(request.getMessage());
        return new empty.Empty();
      }),
      getRootResource: answer(() => new engineMessages.GetRootResourceResponse()),
      setRootResource: answer(() => new engineMessages.SetRootResourceResponse()),
    };
  }
}

function answer<Request>(respond: (request: Request) => unknown): grpc.handleUnaryCall<Request, unknown> {
  return (call, callback) => {
    try {
      callback(null, respond(call.request));
    } catch (error) {
      callback(error as Error);
    }
  };
}
