import { roleNames } from "../../resilience/roles.ts";
import type { Judgement } from "../judge.ts";
import type { Answer } from "./answer.ts";
import { growth, replicationTraffic } from "./load.ts";
import { primaryFailure } from "./recovery.ts";

/** The questions that declared resources alone answer: N1, N2 and N5. */
export function readAnswers({ outcomes, system }: Judgement): readonly Answer[] {
  const primary = [...roleNames(system)].find(([, role]) => role === "primary")?.[0];
  return [replicationTraffic(system), ...(primary ? [primaryFailure(primary, outcomes)] : []), growth(system)];
}
