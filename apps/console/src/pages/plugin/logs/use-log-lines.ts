import type { LogLineDto } from "@patchbay/protocol";
import { useEffect, useState } from "react";
import { useOrganization } from "../../../session/organization.ts";
import type { PluginLogsSearch } from "../plugin-search.ts";

/** How many of the newest lines a log begins with: as many as the server gives at once. */
const FIRST_LINES = 1_000;
/** More are in the API; what is older is dropped here. */
const MAX_LINES = 10_000;
/** Lines are drawn in one go this often, in milliseconds. */
const DRAW_EVERY_MS = 150;

export interface LogLines {
  /** Oldest first; null until the first ones have come, or it is known that there are none. */
  readonly lines: readonly LogLineDto[] | null;
  readonly isLost: boolean;
  /** What cannot be mended by trying again. */
  readonly error: unknown;
}

const NONE: LogLines = { lines: null, isLost: false, error: null };

/** The log of a plugin as it is written. `round` begins anew. */
export const useLogLines = (plugin: string, { level, q }: PluginLogsSearch, round: number): LogLines => {
  const { client } = useOrganization();
  const [state, setState] = useState(NONE);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round reads again
  useEffect(() => {
    const stop = new AbortController();
    let fresh: LogLineDto[] = [];
    let isOpen = false;
    setState(NONE);
    const drawing = setInterval(() => {
      if (!isOpen || stop.signal.aborted) return;
      const added = fresh;
      fresh = [];
      setState((old) =>
        added.length === 0 && old.lines !== null
          ? old
          : { ...old, lines: [...(old.lines ?? []), ...added].slice(-MAX_LINES) },
      );
    }, DRAW_EVERY_MS);
    const read = async () => {
      const filter = { limit: FIRST_LINES, ...(level && { level }), ...(q !== undefined && { q }) };
      const onState = (connection: "open" | "lost") => {
        isOpen = true;
        setState((old) => ({ ...old, isLost: connection === "lost" }));
      };
      for await (const line of client.plugins.followLogs(plugin, filter, { signal: stop.signal, onState }))
        fresh.push(line);
    };
    read().catch((error: unknown) => {
      if (!stop.signal.aborted) setState((old) => ({ ...old, error }));
    });
    return () => {
      stop.abort();
      clearInterval(drawing);
    };
  }, [client, plugin, level, q, round]);
  return state;
};
