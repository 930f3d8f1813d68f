import type { FileHead } from "@patchbay/protocol";
import { pluginError } from "@patchbay/sdk";
import type { FileSource } from "@patchbay/sdk/files";
import { BodyStream, creditFor } from "./body-stream.ts";

/**
 * The files beside a call's input. Their bytes arrive one file after the other; whoever reads a later one first gets it, and
 * the plugin's memory holds the earlier ones meanwhile.
 */
export class IncomingFiles {
  readonly sources: readonly FileSource[];
  readonly #bodies: readonly BodyStream[];
  #arriving = 0;

  /** `grant` tells the host that so many more chunks may come. */
  constructor(heads: readonly FileHead[], grant: (chunks: number) => void) {
    const taken = creditFor(grant);
    this.#bodies = heads.map(
      (_, place) => new BodyStream({ taken, wanted: () => this.#holdBefore(place), cancel: () => undefined }),
    );
    this.sources = heads.map((head, place) => ({
      head,
      readable: (this.#bodies[place] as BodyStream).readable,
    }));
  }

  take(bytes: Uint8Array<ArrayBuffer>, ends: boolean): void {
    const body = this.#bodies[this.#arriving];
    if (bytes.length > 0) body?.push(bytes);
    if (!ends) return;
    body?.end();
    this.#arriving++;
  }

  /** Nothing more will come. */
  fail(code: string, message: string): void {
    for (const body of this.#bodies) body.fail(pluginError(code, message));
  }

  #holdBefore(place: number): void {
    for (const body of this.#bodies.slice(this.#arriving, place)) body.hold();
  }
}
