/** Credits are given back in groups, to spare messages. */
const CREDIT_GROUP = 8;

/** Counts chunks that were taken, and gives the host credit for as many more. */
export const creditFor = (grant: (chunks: number) => void): (() => void) => {
  let taken = 0;
  return () => {
    taken++;
    if (taken % CREDIT_GROUP === 0) grant(CREDIT_GROUP);
  };
};

export interface BodyControls {
  /** A chunk was taken: there is room for another one. */
  readonly taken: () => void;
  /** Somebody waits for the next chunk. */
  readonly wanted?: () => void;
  /** Nobody reads on. */
  readonly cancel: () => void;
}

/** Bytes that arrive from the host, as a stream that fetches more only while somebody reads. */
export class BodyStream {
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #controls: BodyControls;
  #waiting: Uint8Array<ArrayBuffer>[] = [];
  #isHeld = false;
  #finished = false;
  #wake: (() => void) | undefined;
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined;

  constructor(controls: BodyControls) {
    this.#controls = controls;
    this.readable = new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#pull(),
        cancel: () => {
          this.hold();
          this.#finished = true;
          this.#waiting = [];
          this.#controller = undefined;
          controls.cancel();
        },
      },
      { highWaterMark: 0 },
    );
  }

  push(chunk: Uint8Array<ArrayBuffer>): void {
    if (this.#isHeld) this.#controls.taken();
    if (this.#finished) return;
    this.#waiting.push(chunk);
    this.#wake?.();
  }

  /** From now on takes whatever comes, so that what comes after it can come: it is kept until it is read. */
  hold(): void {
    if (this.#isHeld) return;
    this.#isHeld = true;
    for (const _ of this.#waiting) this.#controls.taken();
  }

  end(): void {
    this.#finished = true;
    if (this.#wake === undefined && this.#waiting.length === 0) this.#close();
    this.#wake?.();
  }

  fail(error: unknown): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#waiting = [];
    this.#controller?.error(error);
    this.#controller = undefined;
    this.#wake?.();
  }

  async #pull(): Promise<void> {
    if (this.#waiting.length === 0 && !this.#finished) {
      this.#controls.wanted?.();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    const chunk = this.#waiting.shift();
    if (chunk !== undefined) {
      this.#controller?.enqueue(chunk);
      if (!this.#isHeld) this.#controls.taken();
    }
    if (this.#finished && this.#waiting.length === 0) this.#close();
  }

  #close(): void {
    this.#controller?.close();
    this.#controller = undefined;
  }
}
