import { layGround, untilReady } from "../apply/apply.ts";
import type { Ground } from "../apply/apply.ts";
import { applyObjects } from "../apply/cluster.ts";
import type { PlannedObject } from "../apply/cluster.ts";
import type { Site } from "../site/site.ts";
import type { PlannedSite } from "./planned.ts";

/** What every site on stage is laid with. */
export interface Layers {
  readonly ground: Ground;
  /** The planned objects, in their order, with certificates in place of the plan's stand-ins. */
  readonly objects: readonly PlannedObject[];
}

const LAID_WITHIN_MS = 600_000;

/** A site on stage, with what was planned for it. */
export class StagedSite {
  readonly planned: PlannedSite;
  readonly site: Site;
  readonly #layers: Layers;

  constructor(planned: PlannedSite, site: Site, layers: Layers) {
    this.planned = planned;
    this.site = site;
    this.#layers = layers;
  }

  /** Puts definitions and operators on its cluster, and waits until these answer. */
  layGround(): Promise<void> {
    return layGround(this.site, this.#layers.ground);
  }

  /** Puts the planned objects on its cluster. @param leaveOut those that are not; default none */
  layObjects(leaveOut: (object: PlannedObject) => boolean = () => false): Promise<void> {
    return applyObjects(
      this.site,
      this.#layers.objects.filter((object) => !leaveOut(object)),
    );
  }

  /**
   * Brings its cluster to what was planned, whatever of it is there, as `pulumi up --refresh` does, and waits until all is
   * ready.
   *
   * @param leaveOut objects that are not laid, as `--exclude` has it; default none
   */
  async lay(leaveOut?: (object: PlannedObject) => boolean): Promise<void> {
    await this.layGround();
    await this.layObjects(leaveOut);
    await untilReady(this.site, LAID_WITHIN_MS);
  }
}
