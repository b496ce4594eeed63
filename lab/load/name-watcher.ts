import { Resolver } from "node:dns/promises";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Asks a name server for a host's addresses, over and over, until its input ends; prints a line once it has asked, and at the end
 * when it was last told a certain one: milliseconds since 1970, 0 for never. A server that gives one of several at random is asked often enough.
 *
 * Words: the server's address, the host, the address that is looked for, milliseconds between questions.
 */
async function watch([server = "", host = "", wanted = "", every = ""]: readonly string[]): Promise<void> {
  const resolver = new Resolver({ timeout: 1000, tries: 1 });
  resolver.setServers([server]);
  let last = 0;
  let isOver = false;
  let hasAsked = false;
  process.stdin.resume().on("end", () => (isOver = true));
  while (!isOver) {
    const asked = sleep(Number(every));
    const addresses = await resolver.resolve4(host).catch((): string[] => []);
    if (addresses.includes(wanted)) last = Date.now();
    if (!hasAsked) process.stdout.write("asked\n");
    hasAsked = true;
    await asked;
  }
  process.stdout.write(`${last}\n`);
}

void watch(process.argv.slice(2));
