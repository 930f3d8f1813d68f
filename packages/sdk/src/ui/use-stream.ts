import { useCallback, useEffect, useRef, useState } from "react";

/** How a stream stands. `values` grows while it runs and stays when it has ended. */
export interface StreamState<T> {
  readonly state: "idle" | "running" | "done" | "failed";
  readonly values: readonly T[];
  /** What ended it, in the state `failed`. */
  readonly error?: unknown;
}

export interface Stream<T> extends StreamState<T> {
  /** Begins anew; a stream that runs is ended first. */
  start(): void;
  /** Ends it; what has come stays. */
  stop(): void;
}

const IDLE = { state: "idle", values: [] } as const;

/**
 * Reads a stream into the component: `open` is called by `start()` with a signal that `stop()` aborts, and gives an async
 * iterable, such as `api.plugin.stream("watch", {}, { signal })`. The stream ends with the component.
 */
export const useStream = <T>(
  open: (signal: AbortSignal) => AsyncIterable<T> | Promise<AsyncIterable<T>>,
): Stream<T> => {
  const [stream, setStream] = useState<StreamState<T>>(IDLE);
  const running = useRef<AbortController | null>(null);
  const latest = useRef(open);
  useEffect(() => {
    latest.current = open;
  });
  const stop = useCallback(() => {
    running.current?.abort();
    running.current = null;
    setStream((before) => (before.state === "running" ? { ...before, state: "done" } : before));
  }, []);
  const start = useCallback(() => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    setStream({ state: "running", values: [] });
    void read(() => latest.current(controller.signal), controller.signal, setStream);
  }, []);
  useEffect(() => () => running.current?.abort(), []);
  return { ...stream, start, stop };
};

const read = async <T>(
  open: () => AsyncIterable<T> | Promise<AsyncIterable<T>>,
  signal: AbortSignal,
  setStream: (change: (before: StreamState<T>) => StreamState<T>) => void,
): Promise<void> => {
  try {
    for await (const value of await open()) {
      if (signal.aborted) return;
      setStream((before) => ({ ...before, values: [...before.values, value] }));
    }
    if (!signal.aborted) setStream((before) => ({ ...before, state: "done" }));
  } catch (error) {
    if (!signal.aborted) setStream((before) => ({ ...before, state: "failed", error }));
  }
};
