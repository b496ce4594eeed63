import { expect } from "chai";
import { mongoClient, mongoDataHosts, postgresClient } from "../../components/connections.ts";
import { replicaSetConfig } from "../../components/mongo-replica-set-plan.ts";
import { allAzure } from "../../topologies/all-azure.ts";
import { azurePrimary } from "../../topologies/azure-primary.ts";
import { primaryOf } from "../../topologies/index.ts";
import { masterSlave } from "../../topologies/master-slave.ts";
import type { Topology } from "../../topologies/types.ts";
import { contextOf } from "./site-fixture.ts";

const service = { readPreference: "nearest", writeConcern: 1 } as const;

describe("components/connections", () => {
  it("sends a service to the PostgreSQL of its own site, whoever is active", () => {
    for (const active of ["aachen", "titan"]) {
      expect(postgresClient(contextOf("titan", { active })).environment).to.deep.equal({
        PGHOST: "pg-titan",
        PGPORT: "5432",
        PGDATABASE: "platform",
        PGUSER: "app",
        PGSSLMODE: "require",
      });
    }
  });

  it("keeps passwords out of the plain environment, and says where they lie", () => {
    expect(postgresClient(contextOf("aachen")).password).to.deep.equal({
      variable: "PGPASSWORD",
      secret: "postgres-app",
      key: "password",
    });
    expect(mongoClient(contextOf("aachen"), service).password).to.deep.equal({
      variable: "MONGO_PASSWORD",
      secret: "mongo-app",
      key: "password",
    });
  });

  it("names the members that hold data exactly as the replica set does, or drivers would not find them", () => {
    const context = contextOf("titan");
    const configured = replicaSetConfig(context).members.filter(({ arbiterOnly }) => !arbiterOnly);
    expect(mongoDataHosts(context)).to.deep.equal(configured.map(({ host }) => host));
    expect(mongoClient(context, service).environment["MONGO_HOSTS"]).to.equal(
      "mongo-aachen-0.platform.svc.cluster.local:27017,mongo-titan-0.platform.svc.cluster.local:27017",
    );
  });

  it("reads and writes as the service's config says, always journalled", () => {
    const { environment } = mongoClient(contextOf("titan"), { readPreference: "primary", writeConcern: "majority" });
    expect(environment["MONGO_OPTIONS"]).to.match(/^readPreference=primary&w=majority&journal=true&/);
  });

  it("asks for a majority only where the active site alone has one of members that hold data", () => {
    const w = (topology: Topology, active?: string): string | null => {
      const context = contextOf(primaryOf(topology), { topology, ...(active === undefined ? {} : { active }) });
      const { environment } = mongoClient(context, { readPreference: "nearest" });
      return new URLSearchParams(environment["MONGO_OPTIONS"]).get("w");
    };
    expect(w(allAzure)).to.equal("majority");
    expect([w(masterSlave), w(masterSlave, "titan")]).to.deep.equal(["1", "1"]);
    // Three of three votes are on Azure; after a switchover Aachen has one copy, as in S1.
    expect([w(azurePrimary), w(azurePrimary, "aachen")]).to.deep.equal(["majority", "1"]);
    // An arbiter votes and keeps no write: with two members that hold data it is one of three, with one it is half.
    const { members } = allAzure.mongo;
    const half = { ...members, primary: { data: 2, arbiters: 1, priority: 1, votes: 1 as const } };
    expect(w({ ...allAzure, mongo: { ...allAzure.mongo, members: half } })).to.equal("majority");
    const few = { ...members, primary: { data: 1, arbiters: 1, priority: 1, votes: 1 as const } };
    expect(w({ ...allAzure, mongo: { ...allAzure.mongo, members: few } })).to.equal("1");
  });

  it("notices a member that went silent within 4 s, not within the drivers' 40", () => {
    const { environment } = mongoClient(contextOf("titan"), { readPreference: "nearest", writeConcern: 1 });
    const options = new URLSearchParams(environment["MONGO_OPTIONS"]);
    expect(Number(options.get("heartbeatFrequencyMS")) + Number(options.get("connectTimeoutMS"))).to.equal(4000);
  });
});
