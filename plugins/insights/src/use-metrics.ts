import { type PluginMetrics, useApi, useSettings } from "@patchbay/sdk/ui";
import { useEffect, useState } from "react";

const DEFAULT_SECONDS = 10;

export interface Metrics {
  readonly plugins: readonly PluginMetrics[] | undefined;
  /** When they were read, in milliseconds of the epoch. */
  readonly now: number;
  readonly error: string | undefined;
}

/** The organization's metrics, read again and again. What was read last stays when a reading fails. */
export const useMetrics = (): Metrics => {
  const { metrics } = useApi();
  const seconds = useSettings<{ refreshSeconds: number }>()?.refreshSeconds ?? DEFAULT_SECONDS;
  const [read, setRead] = useState<Metrics>({ plugins: undefined, now: 0, error: undefined });
  useEffect(() => {
    let isCurrent = true;
    const readAgain = () =>
      metrics.plugins().then(
        (plugins) => isCurrent && setRead({ plugins, now: Date.now(), error: undefined }),
        (error: Error) => isCurrent && setRead((before) => ({ ...before, error: error.message })),
      );
    void readAgain();
    const timer = setInterval(readAgain, seconds * 1_000);
    return () => {
      isCurrent = false;
      clearInterval(timer);
    };
  }, [metrics, seconds]);
  return read;
};
