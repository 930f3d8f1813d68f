import { MAX_PROGRESS_MESSAGE_LENGTH, PROGRESS_EVERY_MS } from "@patchbay/protocol";
import type { CallProgress } from "@patchbay/sdk";

const later = globalThis.setTimeout;

/** Tells how far a call is, no more often than anybody can see: of what comes sooner the latest, when its time has come. */
export class Progress {
  readonly #send: (progress: CallProgress) => void;
  #sentAt = Number.NEGATIVE_INFINITY;
  #waiting: CallProgress | undefined;

  constructor(send: (progress: CallProgress) => void) {
    this.#send = send;
  }

  /** Throws `TypeError` for what says no progress. */
  tell(progress: CallProgress): void {
    const isTimed = this.#waiting !== undefined;
    this.#waiting = checked(progress);
    if (isTimed) return;
    const leftMs = this.#sentAt + PROGRESS_EVERY_MS - performance.now();
    if (leftMs <= 0) this.#leave();
    else later(() => this.#leave(), leftMs);
  }

  #leave(): void {
    const progress = this.#waiting;
    this.#waiting = undefined;
    this.#sentAt = performance.now();
    if (progress !== undefined) this.#send(progress);
  }
}

const checked = ({ done, total, message }: CallProgress): CallProgress => {
  if (!isAmount(done) || !(total === undefined || isAmount(total)))
    throw new TypeError("progress() takes { done, total?, message? } with numbers of at least 0.");
  return {
    done,
    ...(total === undefined ? {} : { total }),
    ...(message === undefined
      ? {}
      : { message: String(message).slice(0, MAX_PROGRESS_MESSAGE_LENGTH).toWellFormed() }),
  };
};

const isAmount = (value: unknown): value is number =>
  typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY;
