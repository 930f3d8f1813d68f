import type { ServerContext } from "@modelcontextprotocol/server";
import type { CallProgress } from "@patchbay/core";
import { PROGRESS_EVERY_MS } from "@patchbay/protocol";

/** What tells a client how far its call is; undefined for a client that does not want to hear. */
export const progressFor = ({ mcpReq }: ServerContext): Progress | undefined => {
  const token = mcpReq._meta?.progressToken;
  if (token === undefined) return undefined;
  return new Progress(({ done, total, message }) => {
    const params = {
      progressToken: token,
      progress: done,
      ...(total !== undefined && { total }),
      ...(message !== undefined && { message }),
    };
    // Whoever has gone hears nothing.
    mcpReq.notify({ method: "notifications/progress", params }).catch(() => undefined);
  });
};

/** Progress as the protocol has it: it only ever increases. */
export class Progress {
  readonly #send: (progress: CallProgress) => void;
  #last = Number.NEGATIVE_INFINITY;
  #countedAt = Number.NEGATIVE_INFINITY;

  constructor(send: (progress: CallProgress) => void) {
    this.#send = send;
  }

  tell(progress: CallProgress): void {
    if (progress.done <= this.#last) return;
    this.#last = progress.done;
    this.#send(progress);
  }

  /** So many values of a stream have come, of a tool that says nothing itself. */
  count(done: number): void {
    const now = performance.now();
    if (now - this.#countedAt < PROGRESS_EVERY_MS) return;
    this.#countedAt = now;
    this.tell({ done });
  }
}
