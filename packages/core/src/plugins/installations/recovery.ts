import type { Installation } from "../../ports/installation-store.ts";
import type { InstallationContext } from "./installation-context.ts";
import type { Switching } from "./switching.ts";
import type { Transitions } from "./transitions.ts";

const MINUTE_MS = 60_000;
/** A change takes at most a start's deadline; one of another node that is older than this was left behind by a crash. */
const ABANDONED_AFTER_MS = 10 * MINUTE_MS;

/**
 * Settles changes of installations that were cut short: an enabling is tried again, an update is given up in favour of the version
 * that served before. Of this node at its start and when writing failed, of others when they are gone.
 */
export class Recovery {
  readonly #context: InstallationContext;
  readonly #transitions: Transitions;
  readonly #switching: Switching;

  constructor(context: InstallationContext, transitions: Transitions, switching: Switching) {
    this.#context = context;
    this.#transitions = transitions;
    this.#switching = switching;
  }

  /** At start: whatever this node had under way is abandoned, since only one process runs as this node. */
  async atStart(): Promise<void> {
    await this.#settle(({ transition }) => transition?.nodeId === this.#context.world.nodeId);
  }

  /** Every few seconds: changes of this node whose end could not be written, when the disk was full or the database away. */
  async ofThisNode(): Promise<void> {
    await this.#settle((one) => this.#transitions.isLeft(one));
  }

  /** At once when another node is gone. */
  async ofNode(nodeId: string): Promise<void> {
    await this.#settle(({ transition }) => transition?.nodeId === nodeId);
  }

  /** Every few minutes. What other nodes are at in truth goes on, and the first to write its end has it. */
  async ofOtherNodes(): Promise<void> {
    const { nodeId, now } = this.#context.world;
    const before = new Date(now().getTime() - ABANDONED_AFTER_MS);
    await this.#settle((one) => one.transition?.nodeId !== nodeId && startedBefore(one, before));
  }

  /** One installation's fault never stops the rest. */
  async #settle(isAbandoned: (installation: Installation) => boolean): Promise<void> {
    for (const installation of await this.#context.database.installations.listInTransition()) {
      if (!isAbandoned(installation)) continue;
      try {
        const settled = await this.#transitions.giveUp(installation);
        if (installation.transition?.kind === "enable") await this.#switching.enableAgain(settled);
      } catch (error) {
        this.#context.world.log.warn(
          { plugin: installation.pluginId, error: String(error) },
          "an interrupted change could not be settled",
        );
      }
    }
  }
}

const startedBefore = ({ transition }: Installation, time: Date): boolean =>
  transition !== null && new Date(transition.startedAt) < time;
