import * as pulumi from "@pulumi/pulumi";
import { deploy } from "./components/platform.ts";
import { loadConfig } from "./config/load.ts";
import { InputError } from "./config/problem.ts";

/** The engine tells which config keys are encrypted; the SDK's types leave the function out. */
const { allConfig, isConfigSecret } = pulumi.runtime as typeof pulumi.runtime & {
  isConfigSecret(key: string): boolean;
};

/** `pulumi up -s <site>`: one site of the topology that the config names. */
async function program(): Promise<Record<string, unknown>> {
  try {
    const config = loadConfig({ stack: pulumi.getStack(), values: allConfig(), isSecret: isConfigSecret });
    return await deploy(config);
  } catch (error) {
    // The engine prints a RunError's message alone: what a user did wrong needs no stack trace.
    if (error instanceof InputError) throw refusal(error.message);
    throw error;
  }
}

/**
 * The SDK puts the trace that it does not print into colours all the same, and over its own frames Node.js 20.20 and
 * 22.23 then loop until their memory is full, for a minute (nodejs/node#64011): a refusal has no frames.
 */
function refusal(message: string): pulumi.RunError {
  const error = new pulumi.RunError(message);
  error.stack = message;
  return error;
}

export = program;
