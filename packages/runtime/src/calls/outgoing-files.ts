import type { CallFiles } from "@patchbay/core";
import { type HostMessage, PatchbayError } from "@patchbay/protocol";
import { OutgoingBody } from "./outgoing-body.ts";

export interface OutgoingFilesOptions {
  /** Of the call. */
  readonly id: number;
  readonly files: CallFiles;
  readonly send: (message: HostMessage, attachment?: Uint8Array) => void;
  readonly roomBelow: (bytes: number) => Promise<void>;
  /** Who is waited for has changed: see `waitsForCaller`. */
  readonly onTurn: () => void;
  /** The files cannot be read to their end. */
  readonly onFailed: (error: PatchbayError) => void;
}

/** Files beside a call's input, on their way to the guest as the caller hands them over. */
export class OutgoingFiles {
  readonly #options: OutgoingFilesOptions;
  readonly #body: OutgoingBody;
  #waitsForCaller = true;

  constructor(options: OutgoingFilesOptions) {
    this.#options = options;
    const { id, send, roomBelow } = options;
    this.#body = new OutgoingBody({ send: (piece) => send({ t: "body", id }, piece), roomBelow });
  }

  /** The caller has not handed over what comes next: the guest can do nothing about it. */
  get waitsForCaller(): boolean {
    return this.#waitsForCaller && !this.#body.isStopped;
  }

  grant(chunks: number): void {
    this.#body.grant(chunks);
  }

  /** Nobody reads them any more. */
  stop(): void {
    this.#body.stop();
  }

  async run(): Promise<void> {
    const { id, files, send, onFailed } = this.#options;
    try {
      this.#turn(true);
      for await (const { bytes, ends } of files.pieces) {
        this.#turn(false);
        await this.#body.send(bytes);
        if (this.#body.isStopped) return;
        if (ends) send({ t: "body", id, ends });
        this.#turn(true);
      }
    } catch (error) {
      if (!this.#body.isStopped)
        onFailed(
          error instanceof PatchbayError
            ? error
            : new PatchbayError("internal", "The files of the call could not be read.", { cause: error }),
        );
    } finally {
      this.#turn(false);
    }
  }

  #turn(waitsForCaller: boolean): void {
    this.#waitsForCaller = waitsForCaller;
    if (!this.#body.isStopped) this.#options.onTurn();
  }
}
