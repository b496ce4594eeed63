import type { PolicyFinding, PolicyInfo, PolicyReport } from "../policy-report.ts";
import { markup } from "./html.ts";
import type { Html } from "./html.ts";
import { list, table } from "./table.ts";

/** What the policies say: violations first, each with what to do; then all that was judged, and what could not be. */
export function policySection({ policies, findings, pending }: PolicyReport): Html {
  const of = ({ name }: PolicyInfo): readonly PolicyFinding[] => findings.filter(({ policy }) => policy === name);
  const judged = policies.filter(({ level }) => level !== "disabled");
  const violated = policies.filter((policy) => of(policy).length > 0);
  const left = policies.length - judged.length;
  const rows = policies.map((policy) => [
    policy.name,
    state(policy, of(policy)),
    policy.what,
    policy.ids.join(", "),
    policy.level,
    SCOPES[policy.kind],
  ]);
  return markup`<h3>Policies</h3>
    <p>
      ${judged.length - violated.length} of ${judged.length} policies are kept${left > 0 ? `; ${left} disabled` : ""}.
    </p>
    ${violated.map((policy) => violation(policy, of(policy)))}
    ${
      pending.length > 0
        ? markup`<h4>Known only after an up</h4>
            ${list(pending)}`
        : undefined
    }
    <details>
      <summary>All policies, and what each looks at</summary>
      ${table(["policy", "state", "what must hold", "requirement", "level", "judged over"], rows)}
    </details>`;
}

const SCOPES: Readonly<Record<PolicyInfo["kind"], string>> = {
  resource: "each resource",
  stack: "each stack",
  platform: "all sites together, beside the pack",
};

function state({ level }: PolicyInfo, findings: readonly PolicyFinding[]): Html {
  if (level === "disabled") return markup`<span class="warn verdict">disabled</span>`;
  return findings.length === 0
    ? markup`<span class="good verdict">kept</span>`
    : markup`<span class="${colour(findings)} verdict">violated</span>`;
}

/** What only advises is no reason to stop. */
function colour(findings: readonly PolicyFinding[]): string {
  return findings.some(({ level }) => level === "mandatory") ? "bad" : "warn";
}

function violation({ name, what, ids, fix, level }: PolicyInfo, findings: readonly PolicyFinding[]): Html {
  const places = findings.map(
    ({ stack, urn, message }) =>
      markup`${message}<br /><span class="urn">${urn ?? (stack === null ? "all sites together" : `stack ${stack}`)}</span>`,
  );
  return markup`<details>
    <summary>
      <strong>${name}</strong>: <span class="${colour(findings)} verdict">violated</span> (${level},
      ${findings.length} ${findings.length === 1 ? "place" : "places"})
    </summary>
    <p>${what} [${ids.join(", ")}]</p>
    <p><strong>To do:</strong> ${fix}</p>
    ${list(places)}
  </details>`;
}
