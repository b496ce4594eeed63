import type { Seconds } from "../topologies/units.ts";
import { ports } from "./ports.ts";

export const NOTICE_NAME = "notice";
export const NOTICE_PORT = ports.notice.http;

interface Notice {
  readonly title: string;
  readonly text: string;
  readonly error: string;
}

/** What a visitor is told when no service answered. `retryAfter` in seconds. */
function notices(retryAfter: Seconds): Readonly<Record<"read" | "write", Notice>> {
  return {
    write: {
      title: "Your change was not confirmed",
      text: `It may or may not have been stored: the place that stores changes did not answer. Please wait ${retryAfter} seconds, look whether your change is there, and only then send it again.`,
      error: "write-not-confirmed",
    },
    read: {
      title: "This page is not available right now",
      text: `Nothing was changed. Please try again in ${retryAfter} seconds.`,
      error: "unavailable",
    },
  };
}

function html({ title, text }: Notice): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>
body { margin: 0 auto; max-width: 34rem; padding: 3rem 1.25rem; font: 1.125rem/1.5 system-ui, sans-serif; color-scheme: light dark; }
h1 { font-size: 1.5rem; line-height: 1.25; }
</style>
</head>
<body>
<h1>${title}</h1>
<p>${text}</p>
</body>
</html>
`;
}

function json({ title, text, error }: Notice, retryAfter: Seconds): string {
  return `${JSON.stringify({ error, title, detail: text, retryAfter })}\n`;
}

/**
 * The notice server's files: its configuration (`nginx.conf`), and a page for a write and one for a read, each as HTML
 * and as JSON for clients that ask for it.
 *
 * Behind the proxy's `errors` middleware it is asked for `/write` or `/read` and must answer 200: the proxy sets the
 * status. Where a route leads straight to it, for want of any site that could answer, it says 503 itself for every other
 * path; the page for a read is then true of a write too: nothing was changed.
 */
export function noticeFiles(retryAfter: Seconds): Readonly<Record<string, string>> {
  const { read, write } = notices(retryAfter);
  return {
    "nginx.conf": nginxConf(retryAfter),
    "write.html": html(write),
    "write.json": json(write, retryAfter),
    "read.html": html(read),
    "read.json": json(read, retryAfter),
  };
}

function nginxConf(retryAfter: Seconds): string {
  return `worker_processes 1;
pid /tmp/nginx.pid;
error_log /dev/stderr warn;
events { worker_connections 1024; }
http {
  access_log off;
  server_tokens off;
  charset utf-8;
  client_body_temp_path /tmp/client_body;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;
  types { text/html html; application/json json; }
  map $http_accept $format {
    default html;
    "~*application/json" json;
  }
  server {
    listen ${NOTICE_PORT};
    root /etc/notice;
    add_header Retry-After ${retryAfter} always;
    add_header Cache-Control no-store always;
    error_page 503 /read;
    location = /healthz { return 200 "ok\\n"; }
    location = /write { try_files /write.$format =404; }
    location = /read { try_files /read.$format =404; }
    location / { return 503; }
  }
}
`;
}
