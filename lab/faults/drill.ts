import type { Judgement } from "../../planner/judge.ts";
import type { Difference } from "../apply/difference.ts";
import type { Network } from "../network/network.ts";
import type { Predicting } from "../result/prediction.ts";
import type { Prediction } from "../result/schema.ts";
import type { PlannedDrill } from "../result/text.ts";
import type { Stacks } from "../stage/replan.ts";
import type { Need } from "../stage/planned.ts";
import type { StagedSite } from "../stage/staged-site.ts";
import type { RunFigure } from "../drill/figures.ts";
import type { Marks } from "../drill/marks.ts";
import type { Observation } from "../drill/observation.ts";

/** What a drill can lay hands on. */
export interface Scene {
  readonly network: Network;
  /** The site that takes the writes, and the one that stands by. */
  readonly primary: StagedSite;
  readonly standby: StagedSite;
  /** The stacks that the sites were brought up from; the same ones for all drills. */
  readonly stacks: () => Promise<Stacks>;
  /** What the analysis says of a fault; null: it knows no such one. */
  readonly predicted: (fault: string) => Prediction | null;
}

/** Names of the sites, known before anything is up. */
export interface SiteNames {
  readonly primary: string;
  readonly standby: string;
  /** Servers of the first one; the last one holds nothing that exists once. @default one, or nobody says */
  readonly servers?: readonly string[];
}

/** What a drill has looked at itself, beside what clients saw. */
export interface Findings {
  /** What is not as it should be: any of them makes the drill worse than predicted. */
  readonly problems: readonly string[];
  readonly notes: readonly string[];
  readonly figures?: readonly RunFigure[];
}

/** What a drill brings back from backups. */
export interface Restores {
  /** The site at which these backups lie. */
  readonly from: string;
  /** What losses name, up to their first colon: `postgres`, `uploads`. */
  readonly subjects: readonly string[];
}

/** A fault that was caused. */
export interface Caused {
  /** When it was complete, milliseconds since 1970: what came before was its preparation. @default when it was asked for */
  readonly at?: number;
  /** Takes the cause away; absent: the system heals by itself. */
  readonly heal?: () => Promise<void>;
  /** After the measurement: takes away what would weigh on the next drill, such as a container's back-off. */
  readonly restore?: () => Promise<void>;
  /** When what was reached that only the cluster's objects tell; asked after the recovery. */
  readonly marks?: () => Promise<Marks>;
  /** When what had to find itself again after the healing did so; asked once all is well again. */
  readonly again?: () => Promise<Marks>;
  /** Asked once all is well again and the load has ended. */
  readonly findings?: (observed: Observation) => Promise<Findings>;
}

/** A drill that can be run. */
export interface Drill extends PlannedDrill {
  /** Before the load is watched: what has to be so when the fault comes. */
  readonly prepare?: (scene: Scene) => Promise<() => Promise<void>>;
  /** What the analysis says, where more is known than what is declared. @default its outcome for `fault` */
  readonly predict?: (scene: Scene, judgement: Judgement) => Promise<Predicting | undefined>;
  readonly cause: (scene: Scene) => Promise<Caused>;
  /**
   * Seconds for which the fault lasts before it is healed; `recovery`: until the clients are served again, or the predicted
   * time has passed.
   */
  readonly hold: number | "recovery";
  /** The site that is dead while the fault lasts: its clients have to find another one. */
  readonly dead?: string;
  /** The site whose copy falls behind meanwhile, and has to be current again after the healing. */
  readonly behind?: string;
  /** Absent: what may be lost is what the analysis says of the best source. */
  readonly restores?: (scene: Scene) => Restores;
  /** Is it part of a short drill? */
  readonly short?: boolean;
  /** How many times the usual load. @default 1 */
  readonly load?: number;
  /** Are the clients' kinds told apart? */
  readonly kinds?: boolean;
  /** What it needs of the site that takes the writes: where that is not on stage the drill can't be run. */
  readonly needs?: Need;
  /** What it shows only with a reserve. */
  readonly notes?: readonly string[];
  /** What it does otherwise than the plan, while it runs. */
  readonly differences?: readonly Difference[];
}
