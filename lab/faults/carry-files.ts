import type { Site } from "../site/site.ts";
import { blockWith, chapter, restoreRunbook, type as typeAt } from "./runbook.ts";

const CHAPTER = "Planned switchover";

/** What the runbook types to bring users' files over, in the parts that a person types at one site each. */
export interface Carrying {
  /** At both sites: a pod that has the claim. */
  readonly open: string;
  /** At the site that hands over: writes the files to the pipe. */
  readonly send: string;
  /** At the site that takes over: reads them from it. */
  readonly take: string;
  /** At both sites. */
  readonly close: string;
}

/** Reads the runbook's commands. @throws where they are not in the form that is known here */
export function carryingIn(markdown: string, claim: string): Carrying {
  const block = blockWith(chapter(markdown, CHAPTER), "kind: Pod");
  const own = (text: string): string => text.replaceAll(/ --context \$\w+/g, "").replaceAll("$CLAIM", claim);
  const [, pod] = /do kubectl --context \$site apply -f - <<YAML\n([\s\S]*?)^YAML\ndone$/m.exec(block) ?? [];
  const loops = [...block.matchAll(/^for site in \$FROM \$TO; do (kubectl.*); done$/gm)].map(
    ([, command = ""]) => command,
  );
  const [, send, take] =
    /^(kubectl --context \$FROM .*tar .*) \|\n +(kubectl --context \$TO .*tar .*)$/m.exec(block) ?? [];
  const [wait, close, ...others] = loops;
  if (pod === undefined || send === undefined || take === undefined || wait === undefined || close === undefined)
    throw new Error(`the runbook's chapter ${JSON.stringify(CHAPTER)} has no commands that bring files over`);
  if (others.length > 0)
    throw new Error(`the runbook's chapter ${JSON.stringify(CHAPTER)} types more than is known here`);
  return {
    open: `kubectl apply -f - <<'YAML'\n${own(pod)}YAML\n${own(wait)}\n`,
    send: own(send),
    take: own(take),
    close: `${own(close)}\n`,
  };
}

/** Brings users' files of a claim over, as the runbook types it. The pipe between the sites is this process. */
export async function carryFiles(from: Site, to: Site, claim: string): Promise<void> {
  const { open, send, take, close } = carryingIn(restoreRunbook(), claim);
  await Promise.all([from, to].map((site) => typeAt(site, open)));
  // What is not text does not go through here.
  const files = await typeAt(from, `${send} | base64 -w 0\n`);
  await typeAt(to, `base64 -d | ${take}\n`, files);
  await Promise.all([from, to].map((site) => typeAt(site, close)));
}
