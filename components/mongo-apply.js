"use strict";
/* global Mongo, print, quit, sleep */
// Brings the replica set to the configuration in replica-set.json: run by mongosh, every minute, at the active site. Each
// run does what can be done now; what must wait for another site is done by a later one.
//
// mongosh waits for the server by itself, except inside functions that are given to array methods: hence the loops.

const fs = require("fs");
const { nextStep } = require(`${process.env.CONFIG}/reconfigure.js`);

const wanted = JSON.parse(fs.readFileSync(`${process.env.CONFIG}/replica-set.json`, "utf8"));
const local = process.env.LOCAL_HOSTS.split(",");
// Members trust whoever has the key file, also before there is any user.
const key = encodeURIComponent(fs.readFileSync(process.env.KEYFILE, "utf8").replace(/\s/g, ""));
const WAITS = "serverSelectionTimeoutMS=3000&connectTimeoutMS=3000";
const AUTH = `authSource=local&authMechanism=SCRAM-SHA-256&${WAITS}`;
const NOT_YET_INITIALIZED = 94;

function direct(host) {
  return new Mongo(`mongodb://__system:${key}@${host}/?directConnection=true&${AUTH}`).getDB("admin");
}

/** `empty`, `configured` or `silent`. An arbiter keeps no users, so it lets nobody in, but says who it is. */
function stateOf({ host, arbiterOnly }) {
  try {
    if (arbiterOnly) {
      const plain = new Mongo(`mongodb://${host}/?directConnection=true&${WAITS}`).getDB("admin");
      return plain.adminCommand({ hello: 1 }).setName ? "configured" : "empty";
    }
    direct(host).adminCommand({ replSetGetConfig: 1 });
    return "configured";
  } catch (failure) {
    return failure.code === NOT_YET_INITIALIZED ? "empty" : "silent";
  }
}

const states = {};
for (const member of wanted.members) states[member.host] = stateOf(member);
print(`members: ${JSON.stringify(states)}`);
const localHost = spokesman();
if (states[localHost] === "silent") throw new Error(`${localHost} does not answer; the next run tries again`);
if (states[localHost] === "empty") initiate();
apply();

/** The local member to ask: the first, or another that has the data while that one is dead or empty. */
function spokesman() {
  const first = process.env.LOCAL_HOST;
  if (states[first] === "configured") return first;
  for (const { host, arbiterOnly } of wanted.members)
    if (!arbiterOnly && local.includes(host) && states[host] === "configured") return host;
  return first;
}

/**
 * Starts a new set from the members of this site. A member that is empty because its volume was lost must not do so: it
 * is taken back by the members that still have the data. So the other sites' members have to say that they are empty,
 * unless no other site was ever brought up.
 */
function initiate() {
  for (const { host } of wanted.members) {
    if (states[host] === "configured") {
      throw new Error(`${localHost} is empty, ${host} is not: waiting for the set to take it back`);
    }
    if (states[host] === "silent" && (local.includes(host) || process.env.OTHER_SITES === "known")) {
      throw new Error(
        `${localHost} is empty and ${host} does not answer: it may hold the data, so no new set is made. If it is lost ` +
          "for ever, restore the last backup (docs/restore.md)",
      );
    }
  }
  const members = [];
  for (const member of wanted.members) if (local.includes(member.host)) members.push(member);
  print(`initiate with ${members.length} members`);
  direct(localHost).adminCommand({ replSetInitiate: { ...wanted, members } });
}

function apply() {
  const admin = primary();
  // A set with an arbiter takes no member in before its default write concern is stated (MongoDB 5.0 and later). It is
  // what clients ask for themselves: with two copies `majority` would stop all writes when one is gone.
  const defaults = admin.adminCommand({ getDefaultRWConcern: 1 }).defaultWriteConcern;
  if (!defaults || defaults.w !== 1 || defaults.j !== true) {
    admin.adminCommand({ setDefaultRWConcern: 1, defaultWriteConcern: { w: 1, j: true }, writeConcern: { w: 1 } });
  }
  makeUsers(admin);
  reconfigure(admin);
}

function primary() {
  let found;
  for (let attempt = 0; attempt < 10 && !found; attempt++) {
    if (attempt > 0) sleep(1000);
    for (const { host, arbiterOnly } of direct(localHost).adminCommand({ replSetGetConfig: 1 }).config.members) {
      if (arbiterOnly || found) continue;
      try {
        const candidate = direct(host);
        if (candidate.adminCommand({ hello: 1 }).isWritablePrimary) found = candidate;
      } catch (failure) {
        print(`${host}: ${failure.message}`);
      }
    }
  }
  if (found) return found;
  if (process.env.FORCE === "yes") return force();
  throw new Error(
    "no primary: nothing is changed. If the site that had it is dead and stays so, a person may decide to lose its last " +
      "writes, and type: kubectl -n platform create job mongo-force --from=cronjob/mongo-apply --dry-run=client -o yaml | " +
      "kubectl set env --local -f - FORCE=yes -o yaml | kubectl create -f -",
  );
}

/**
 * Only by a person's command. The whole wanted configuration is installed, members that are dead included: when one of
 * them comes back, it hears of its new role from the others, and gives up the writes that only it has.
 */
function force() {
  const spoken = direct(localHost);
  const { version } = spoken.adminCommand({ replSetGetConfig: 1 }).config;
  spoken.adminCommand({ replSetReconfig: { ...wanted, version: version + 1 }, force: true });
  print("configuration forced; the next run does the rest");
  quit(0);
}

function makeUsers(admin) {
  const app = admin.getSiblingDB(process.env.DATABASE);
  const own = { writeConcern: { w: 1, j: true } };
  if (!app.getUser(process.env.APP_USER)) {
    const roles = [{ role: "readWrite", db: process.env.DATABASE }];
    app.runCommand({ createUser: process.env.APP_USER, pwd: process.env.APP_PASSWORD, roles, ...own });
    print(`user ${process.env.APP_USER} made`);
  }
  if (!admin.getRole("pbmAnyAction")) {
    const privileges = [{ resource: { anyResource: true }, actions: ["anyAction"] }];
    admin.runCommand({ createRole: "pbmAnyAction", privileges, roles: [], ...own });
  }
  if (!admin.getUser(process.env.BACKUP_USER)) {
    // As Percona Backup for MongoDB 2.16 asks for it.
    const roles = [];
    for (const role of ["readWrite", "backup", "clusterMonitor", "restore", "pbmAnyAction"])
      roles.push({ role, db: "admin" });
    admin.runCommand({ createUser: process.env.BACKUP_USER, pwd: process.env.BACKUP_PASSWORD, roles, ...own });
    print(`user ${process.env.BACKUP_USER} made`);
  }
}

function reconfigure(admin) {
  const answering = [];
  for (const host of Object.keys(states)) if (states[host] !== "silent") answering.push(host);
  // One step a run would do too; a few let a new set come up at once. After each the primary may have moved.
  for (let step = 0; step < 5; step++) {
    const me = admin.adminCommand({ hello: 1 });
    if (!me.isWritablePrimary) return print("the primary has moved; the next run goes on");
    const current = admin.adminCommand({ replSetGetConfig: 1 }).config;
    const next = nextStep(current, wanted, me.me, answering);
    if (!next) break;
    print(next.what);
    admin.adminCommand({ replSetReconfig: next.config, maxTimeMS: 20000 });
  }
  for (const host of Object.keys(states))
    if (states[host] === "silent") print(`${host} does not answer; a later run takes it in`);
}
