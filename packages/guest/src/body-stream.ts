/** Credits are given back in groups, to spare messages. */
const CREDIT_GROUP = 8;

export interface BodyControls {
  /** The host may send this many more chunks. */
  readonly grant: (chunks: number) => void;
  /** Nobody reads on. */
  readonly cancel: () => void;
}

/** Bytes that arrive from the host, as a stream that fetches more only while somebody reads. */
export class BodyStream {
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #controls: BodyControls;
  #waiting: Uint8Array<ArrayBuffer>[] = [];
  #consumed = 0;
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
    if (this.#finished) return;
    this.#waiting.push(chunk);
    this.#wake?.();
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
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    const chunk = this.#waiting.shift();
    if (chunk !== undefined) {
      this.#controller?.enqueue(chunk);
      this.#consumed++;
      if (this.#consumed % CREDIT_GROUP === 0) this.#controls.grant(CREDIT_GROUP);
    }
    if (this.#finished && this.#waiting.length === 0) this.#close();
  }

  #close(): void {
    this.#controller?.close();
    this.#controller = undefined;
  }
}
