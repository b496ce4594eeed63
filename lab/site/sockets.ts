import { readFileSync } from "node:fs";

/** How the kernel writes the states of sockets that wait for others (include/net/tcp_states.h): LISTEN, and CLOSE for UDP. */
const WAITING = { tcp: "0A", udp: "07" } as const;

/** Does a socket wait on a port, in a table of the kernel's such as `/proc/net/tcp`? */
export const waitsOn = (table: string, port: number, protocol: keyof typeof WAITING): boolean =>
  table.split("\n").some((line) => {
    const [, local = "", , state] = line.trim().split(/\s+/);
    return state === WAITING[protocol] && Number.parseInt(local.split(":")[1] ?? "", 16) === port;
  });

/** Does a process, or another one of its network, wait on a port for clients? */
export const listens = (pid: number, port: number, protocol: keyof typeof WAITING = "tcp"): boolean =>
  [protocol, `${protocol}6`].some((table) => {
    try {
      return waitsOn(readFileSync(`/proc/${pid}/net/${table}`, "utf8"), port, protocol);
    } catch {
      // The process has just ended.
      return false;
    }
  });
