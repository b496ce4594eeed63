import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { cacheFolder } from "../../../lab/binaries/cache.ts";
import { run } from "../../../lab/binaries/command.ts";
import { ensureImages } from "../../../lab/images/images.ts";
import { labImages } from "../../../lab/images/recipes.ts";
import { withRuntime } from "../../../lab/images/runtime.ts";
import { cloneImageStore, ensureImageStore } from "../../../lab/images/store.ts";
import { report } from "./support.ts";

/** What each image is asked, on a root file system that cannot be written, and what must be in its answer. */
const questions: readonly (readonly [image: string, command: readonly string[], answer: RegExp])[] = [
  [
    "ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie",
    [
      "bash",
      "-c",
      `id -u; initdb -D /tmp/d --locale=en_US.utf8 >/tmp/l 2>&1 && pg_ctl -D /tmp/d -o "-k /tmp" -l /tmp/log start >/tmp/s
       psql -h /tmp -U postgres -Atc "show server_version" -c "select pg_jit_available()"
       pg_ctl -D /tmp/d -m fast stop
       python3 -c "import boto3; boto3.client('s3', region_name='x', aws_access_key_id='a', aws_secret_access_key='b')" &&
       barman-cloud-wal-archive --version`,
    ],
    /^26\n17\.[^]*\nf\n[^]*barman-cloud-wal-archive 3\./,
  ],
  [
    "docker.io/library/mongo:7.0.24",
    [
      "setpriv",
      "--reuid=999",
      "--regid=999",
      "--clear-groups",
      "bash",
      "-c",
      `export HOME=/tmp; mkdir /tmp/db; mongod --dbpath /tmp/db --bind_ip_all --fork --logpath /tmp/log >/dev/null
       mongosh --quiet --norc --eval 'db.t.insertOne({ a: 1 }); print(db.t.countDocuments({}), typeof require("fs").readFileSync)'
       install -m 0400 /etc/hostname /tmp/copy && exec 3<>/dev/tcp/127.0.0.1/27017 && echo open`,
    ],
    /^1 function\nopen/,
  ],
  ["docker.io/library/traefik:v3.7.11", ["traefik", "version"], /Version: +3\.7\.11/],
  ["docker.io/library/haproxy:3.2.23-alpine", ["sh", "-c", "id -u; haproxy -v; grep --version"], /^99\nHAProxy/],
  [
    "docker.io/linuxserver/wireguard:1.0.20260223-r0-ls124",
    ["sh", "-c", "for p in ip wg wireguard-go awk sed grep; do command -v $p || echo no $p; done | grep -c /"],
    /^6$/m,
  ],
  [
    "docker.io/nginxinc/nginx-unprivileged:1.30.5-alpine",
    ["sh", "-c", "id -u; echo 'events {} pid /tmp/p;' >/tmp/c; nginx -t -c /tmp/c 2>&1"],
    /^101\n[^]*test is successful/,
  ],
  [
    "docker.io/powerdns/pdns-auth-51:5.1.4",
    ["sh", "-c", "id -u; sqlite3 /tmp/z < /usr/local/share/doc/pdns/schema.sqlite3.sql; sqlite3 /tmp/z .tables"],
    /^953\n[^]*tsigkeys/,
  ],
  ["docker.io/rclone/rclone:1.75.1", ["sh", "-c", "rclone version"], /^rclone v1\.75\.1/],
  ["docker.io/restic/restic:0.19.1", ["sh", "-c", "restic version"], /^restic 0\.19\.1/],
  ["docker.io/percona/percona-backup-mongodb:2.16.0", ["sh", "-c", "pbm list 2>&1 || echo $?"], /nothing is done\n1/],
  [labImages.operator, ["/manager", "version"], /1\.27\.0/],
  [labImages.coredns, ["/coredns", "-plugins"], /kubernetes/],
  [labImages.backupPlugin, ["/manager", "--help"], /instance/],
  [
    labImages.backupSidecar,
    // The second line counts the modules that were compiled for this start.
    ["sh", "-c", "barman-cloud-backup --version; python3 -v -c 'import boto3' 2>&1 | grep -c 'code object from /'"],
    /^barman-cloud-backup 3\..*\n0\n/,
  ],
];

describe("the lab's images", () => {
  it("run their programs, as their users, without writing into the image", async () => {
    const images = await ensureImages(
      questions.map(([image]) => image),
      report,
    );
    const store = await ensureImageStore(images, report);
    const folder = mkdtempSync(join(cacheFolder(), ".images-test-"));
    try {
      const root = join(folder, "root");
      await cloneImageStore(store, root);
      await withRuntime(root, report, async ([ctr, ...words]) => {
        const temporary = "type=tmpfs,src=tmpfs,dst=/tmp,options=mode=1777";
        for (const [image, command, answer] of questions) {
          const settings = ["run", "--rm", "--read-only", "--mount", temporary, image, "question"];
          const { stdout, stderr } = await run(ctr, [...words, ...settings, ...command]);
          expect(stdout, `${image}: ${stderr}`).to.match(answer);
        }
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
