import type { Installation } from "../../ports/installation-store.ts";
import type { World } from "../../world.ts";
import type { Lifecycle } from "./lifecycle.ts";

const MINUTE_MS = 60_000;
/** A change takes at most a start's deadline; one of another node that is older than this was left behind by a crash. */
const ABANDONED_AFTER_MS = 10 * MINUTE_MS;

/** Settles changes of installations that were cut short: of this node at its start and when writing failed, of others when they are gone. */
export class Recovery {
  readonly #lifecycle: Lifecycle;
  readonly #world: World;

  constructor(lifecycle: Lifecycle, world: World) {
    this.#lifecycle = lifecycle;
    this.#world = world;
  }

  /** At start: whatever this node had under way is abandoned, since only one process runs as this node. */
  async atStart(): Promise<void> {
    await this.#lifecycle.recover(({ transition }) => transition?.nodeId === this.#world.nodeId);
  }

  /** Every few seconds: changes of this node whose end could not be written, when the disk was full or the database away. */
  async ofThisNode(): Promise<void> {
    await this.#lifecycle.recover((one) => this.#lifecycle.isLeft(one));
  }

  /** Every few minutes. What other nodes are at in truth goes on, and the first to write its end has it. */
  async ofOtherNodes(): Promise<void> {
    const before = new Date(this.#world.now().getTime() - ABANDONED_AFTER_MS);
    await this.#lifecycle.recover(
      (one) => one.transition?.nodeId !== this.#world.nodeId && startedBefore(one, before),
    );
  }
}

const startedBefore = ({ transition }: Installation, time: Date): boolean =>
  transition !== null && new Date(transition.startedAt) < time;
