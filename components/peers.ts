import * as pulumi from "@pulumi/pulumi";
import { InputError } from "../config/problem.ts";
import type { Topology } from "../topologies/types.ts";
import type { Peer, PeerBackupStore } from "./context.ts";

/** What the stack of another site, or this one's last `up`, has told. */
export interface StackOutputs {
  readonly site: string;
  readonly reference: pulumi.StackReference;
  /** `undefined` while that stack was never brought up, or does not tell this. */
  read(name: string): Promise<unknown>;
}

/**
 * Opens the outputs of one site's stack. The stack must have been initialised (`pulumi stack init`); that it was never
 * brought up is normal, and all of its outputs are then `undefined`.
 */
export function openStack(site: string): StackOutputs {
  const reference = new pulumi.StackReference(`stack-${site}`, {
    name: `${pulumi.getOrganization()}/${pulumi.getProject()}/${site}`,
  });
  return {
    site,
    reference,
    read: async (name) => (await reference.getOutputDetails(name)).value as unknown,
  };
}

/** The plain outputs of another site that this one needs. */
export async function readPeer(stack: StackOutputs): Promise<Peer> {
  const text = async (name: string): Promise<string | undefined> => {
    const value = await stack.read(name);
    return typeof value === "string" ? value : undefined;
  };
  const texts = async (name: string): Promise<readonly string[] | undefined> => {
    const value = await stack.read(name);
    return Array.isArray(value) ? value.map(String) : undefined;
  };
  return {
    site: stack.site,
    overlayEndpoint: await text("overlayEndpoint"),
    wireguardPublicKey: await text("wireguardPublicKey"),
    publicAddresses: await texts("publicAddresses"),
    nameServer: await text("nameServer"),
    authorities: await texts("nameServers"),
    backupStore: await toldStore(stack),
  };
}

/** What a stack has told of its backup store. Stacks of version 0.1.0 tell no protocol: theirs is s3. */
export async function toldStore(stack: StackOutputs | undefined): Promise<PeerBackupStore | undefined> {
  const told = await stack?.read("backupStore");
  return typeof told === "object" && told !== null ? ({ protocol: "s3", ...told } as PeerBackupStore) : undefined;
}

/**
 * Refuses to turn deployed stacks into another topology: the databases would be given new roles without their data being
 * brought along.
 *
 * @throws InputError naming each stack that runs another topology, with the steps to take
 */
export async function refuseOtherTopology(topology: Topology, stacks: readonly StackOutputs[]): Promise<void> {
  const problems = await Promise.all(
    stacks.map(async ({ site, read }) => {
      const deployed = await read("topology");
      if (typeof deployed !== "string" || deployed === topology.name) return [];
      return [
        {
          offender: `holdfast:topology, with stack ${site} deployed`,
          rule: `the topology that is deployed: ${deployed}`,
          reason: "a change of topology moves databases between sites, and an `up` cannot bring their data along",
          value: topology.name,
          fix: [
            `to stay: pulumi config set holdfast:topology ${deployed}`,
            "to migrate: (1) make sure that a test restore of every store succeeded (docs/restore.md);",
            "(2) pulumi destroy the standby's stack only; (3) init stacks of the new topology under a new project folder;",
            "(4) bring the new primary up, restore the last backup into it; (5) change the DNS delegation; (6) destroy the old primary",
          ].join(" "),
        },
      ];
    }),
  );
  const found = problems.flat();
  if (found.length > 0) throw new InputError("Topology", found);
}
