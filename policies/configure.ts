import * as grpc from "@grpc/grpc-js";
import type { ConfigureAnalyzerRequest } from "@pulumi/pulumi/proto/analyzer_pb.js";
import analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import { formatProblem } from "../config/problem.ts";
import { readPackConfig } from "./config.ts";
import type { Rule } from "./rule.ts";

type Configure = grpc.handleUnaryCall<ConfigureAnalyzerRequest, unknown>;

/**
 * Makes the pack refuse a config with names or keys that it does not have. The engine checks known settings against their
 * schema and hands everything else on; @pulumi/policy (1.21) takes it without a look, and gives a policy only the part
 * with its own name. So the pack looks at the call itself while its server is made.
 */
export function refuseUnknownConfig(rules: readonly Rule[], serve: () => void): void {
  const { prototype } = grpc.Server;
  const original = prototype.addService;
  prototype.addService = function (service, implementation) {
    const { configure } = implementation;
    const checked =
      typeof configure === "function"
        ? { ...implementation, configure: check(rules, configure as Configure) }
        : implementation;
    original.call(this, service, checked);
  };
  try {
    serve();
  } finally {
    prototype.addService = original;
  }
}

function check(rules: readonly Rule[], configure: Configure): Configure {
  return (call, callback) => {
    const { problems } = readPackConfig(documentOf(call.request), rules, "config of the policy pack holdfast");
    if (problems.length === 0) return configure(call, callback);
    const details = problems.map(formatProblem).join("\n\n");
    callback({ code: grpc.status.INVALID_ARGUMENT, details: `the policy pack's config is refused\n\n${details}` });
  };
}

/** As a user would write it in a file. */
function documentOf(request: ConfigureAnalyzerRequest): Record<string, unknown> {
  const document: Record<string, unknown> = {};
  request.getPolicyconfigMap().forEach((config, name) => {
    document[name] = {
      ...config.getProperties()?.toJavaScript(),
      enforcementLevel: levelName(config.getEnforcementlevel()),
    };
  });
  return document;
}

function levelName(level: number): string {
  const name = Object.entries(analyzer.EnforcementLevel).find(([, value]) => value === level)?.[0];
  return (name ?? String(level)).toLowerCase();
}
