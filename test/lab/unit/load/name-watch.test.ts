import { createSocket } from "node:dgram";
import type { Socket } from "node:dgram";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { watchName } from "../../../../lab/load/name-watch.ts";

/** A name server that answers every question for an address with the one that it is told. */
async function nameServer(
  answer: () => readonly number[],
): Promise<{ readonly socket: Socket; readonly port: number }> {
  const socket = createSocket("udp4");
  socket.on("message", (question, { address, port }) => {
    const header = Buffer.from(question.subarray(0, 12));
    header.writeUInt16BE(0x8180, 2);
    header.writeUInt16BE(1, 6);
    header.writeUInt16BE(0, 10);
    // The question alone, without what a resolver adds behind it: its name ends with a 0, and type and class follow.
    const asked = question.subarray(12, question.indexOf(0, 12) + 5);
    const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, ...answer()]);
    socket.send(Buffer.concat([header, asked, record]), port, address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return { socket, port: socket.address().port };
}

describe("watching a name", () => {
  it("tells when a name server last gave an address, and that it never did", async () => {
    const began = Date.now();
    let asked = 0;
    let answer = [192, 0, 2, 10];
    const { socket, port } = await nameServer(() => {
      asked++;
      return answer;
    });
    const question = { server: `127.0.0.1:${port}`, host: "my.example.test" };
    const [gone, never] = [
      watchName({ ...question, address: "192.0.2.10" }),
      watchName({ ...question, address: "203.0.113.1" }),
    ];
    await Promise.all([gone.begun, never.begun]);
    const before = Date.now();
    answer = [198, 51, 100, 20];
    const then = asked;
    while (asked < then + 10) await sleep(20);
    const [last = 0, none] = await Promise.all([gone.end(), never.end()]);
    socket.close();
    expect(last)
      .to.be.at.least(began)
      .and.at.most(before + 1000);
    expect(none).to.equal(undefined);
  }).timeout(30_000);

  it("tells nothing where it could not be started", async () => {
    const watch = watchName({ enter: ["/nowhere/program"], server: "127.0.0.1", host: "a", address: "192.0.2.10" });
    expect(await watch.end()).to.equal(undefined);
  });
});
