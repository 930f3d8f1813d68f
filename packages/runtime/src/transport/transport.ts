/** Who is told of what a transport does. */
export interface TransportListener {
  /** Takes bytes that the guest sent. While the promise that it returned is open, no more of them are read. */
  readonly data: (chunk: Uint8Array) => Promise<void> | undefined;
  /** Fewer bytes wait than before, or none can be sent any more. */
  readonly drained: () => void;
}

/** Carries bytes to a guest and back, in order, whatever the guest runs in. Knows nothing of what they mean. */
export interface Transport {
  /** Bytes that wait for the guest to read them; 0 when none can be sent any more. */
  readonly queuedBytes: number;
  /** From now on, `listener` hears of it. Called once, before anything is sent. */
  listen(listener: TransportListener): void;
  /** Sends bytes, piece after piece; drops them when the guest has gone. The pieces must not be changed any more. */
  send(pieces: readonly Uint8Array[]): void;
  /** Ends the guest, whatever it is doing. Nothing happens when it has ended. */
  kill(): void;
}
