import { createServer } from "node:http";
import type { Server } from "node:http";

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>My platform</title><p>The platform's front page, in a drill.</p></html>\n`;

/** The front end: one page, whatever is asked, and no store behind it. */
export function frontendServer(): Server {
  return createServer((request, response) => {
    if (request.method !== "GET" && request.method !== "HEAD") return void response.writeHead(405).end();
    if (request.url === "/metrics") return void response.writeHead(200, { "content-type": "text/plain" }).end("");
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(PAGE);
  });
}
