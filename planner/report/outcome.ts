import type { DataLoss, Outcome, Reason, Recovery, SiteOutcome } from "../../resilience/outcome.ts";
import { formatSeconds } from "../../topologies/units.ts";
import { bitRate, dataLossText, percent, perSecond, recoveryText } from "../view.ts";
import { markup } from "./html.ts";
import type { Html } from "./html.ts";

/** All that is known of one fault's outcome, folded. */
export function outcomeDetails(outcome: Outcome, id: string): Html {
  const broken = outcome.promises.filter(({ verdict }) => verdict !== "kept");
  // The mark lies inside, so that a link to it unfolds the details.
  return markup`<details>
    <summary><strong>${outcome.title}</strong> <code class="dim">${outcome.fault}</code></summary>
    <div id="${id}"></div>
    ${outcome.sites.map(siteDetails)}
    <h4>Recovery: ${recoveryText(outcome.recovery)}</h4>
    ${recoveryDetails(outcome.recovery)}
    <h4>Data lost, at worst: ${dataLossText(outcome.dataLoss)}</h4>
    ${outcome.dataLoss.filter(({ kind }) => kind !== "none").map(lossDetails)}
    <h4>Split brain: ${outcome.splitBrain.possible}</h4>
    <p>${outcome.splitBrain.why}</p>
    ${dnsDetails(outcome)}
    <h4>Capacity afterwards</h4>
    <ul>
      ${outcome.capacity.map(
        ({ site, share, uplink, requests, enough }) =>
          markup`<li>
            ${site}: ${percent(share)} of the requests; uplink ${bitRate(uplink.needed)} of
            ${uplink.available === null ? "an unknown rate" : bitRate(uplink.available)}; ${perSecond(requests.needed)}
            of ${requests.available === null ? "an unknown number" : perSecond(requests.available)}; enough: ${enough}
          </li>`,
      )}
    </ul>
    ${
      broken.length > 0
        ? markup`<h4>Promises</h4>
            <ul>
              ${broken.map(({ id: promise, verdict, why }) => markup`<li><strong>${promise}</strong> ${verdict}: ${why}</li>`)}
            </ul>`
        : undefined
    }
    ${section("Why", outcome.reasons)}${section("Facts that are missing", outcome.unknowns)}${section("Known only after an up", outcome.pending)}
    ${runbook(outcome.runbook)}
    <p class="dim">Last drilled: ${outcome.lastDrilled ?? "never"}.</p>
  </details>`;
}

export function reasonList(reasons: readonly Reason[]): Html {
  return markup`<ol>
    ${reasons.map(({ text, urns }) => markup`<li>${text}${urns.map((urn) => markup`<br /><span class="urn">${urn}</span>`)}</li>`)}
  </ol>`;
}

function section(title: string, reasons: readonly Reason[]): Html | undefined {
  return reasons.length === 0
    ? undefined
    : markup`<h4>${title}</h4>
        ${reasonList(reasons)}`;
}

function siteDetails({ site, reads, writes, transition, signIn, sessionsEndAfter, reasons }: SiteOutcome): Html {
  const until = transition.seconds === null ? "until it is settled" : `for up to ${formatSeconds(transition.seconds)}`;
  const meanwhile =
    transition.seconds === 0 ? "" : ` At first, ${until}: reads ${transition.reads}, writes ${transition.writes}.`;
  const sessions = sessionsEndAfter === null ? "" : `; sessions last ${formatSeconds(sessionsEndAfter)}`;
  return markup`<h4>Clients of ${site}: reads ${reads}, writes ${writes}</h4>
    <p>Signing in: ${signIn}${sessions}.${meanwhile}</p>
    ${reasons.length > 0 ? reasonList(reasons) : undefined}`;
}

function recoveryDetails({ stages, commands }: Recovery): Html {
  const list = stages.map(
    ({ name, seconds, from }) => markup`<li>${name}: ${formatSeconds(seconds)}, from ${from}</li>`,
  );
  return markup`${
    stages.length > 0
      ? markup`<ol>
          ${list}
        </ol>`
      : undefined
  }${commands.length > 0 ? markup`<pre>${commands.join("\n")}</pre>` : undefined}`;
}

function lossDetails(loss: DataLoss): Html {
  const amount = loss.kind === "bounded" && loss.seconds !== null ? formatSeconds(loss.seconds) : loss.kind;
  return markup`<p>
      ${loss.subject}: ${amount}${loss.restoredFrom === null ? "" : `, brought back from ${loss.restoredFrom}`}
    </p>
    ${reasonList(loss.reasons)}`;
}

function dnsDetails({ dns }: Outcome): Html {
  const share = dns.affectedShare === null ? "an unknown share" : percent(dns.affectedShare);
  const time = !dns.settles
    ? "until a person acts"
    : dns.seconds === null
      ? "for an unknown time"
      : `for up to ${formatSeconds(dns.seconds)}`;
  const words =
    dns.affectedShare === 0
      ? "nobody is sent to a dead site"
      : `${share} of the clients are sent to a dead site ${time}`;
  return markup`<h4>Clients that ask DNS: ${words}</h4>
    ${dns.reasons.length > 0 ? reasonList(dns.reasons) : undefined}`;
}

function runbook({ check, type, stop }: Outcome["runbook"]): Html | undefined {
  if (check.length + type.length + stop.length === 0) return undefined;
  const list = (title: string, items: readonly string[]): Html | undefined =>
    items.length === 0
      ? undefined
      : markup`<p>${title}</p>
          <ul>
            ${items.map((item) => markup`<li>${item}</li>`)}
          </ul>`;
  return markup`<h4>Runbook</h4>
    ${list("Check first", check)}${type.length > 0 ? markup`<pre>${type.join("\n")}</pre>` : undefined}${list("Stop when", stop)}`;
}
