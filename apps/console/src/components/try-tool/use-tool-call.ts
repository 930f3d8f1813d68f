import { PatchbayError } from "@patchbay/protocol";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "../../session/organization.ts";
import { NewestValues } from "./newest-values.ts";

/** Values of a stream are drawn in one go this often, in milliseconds. */
const DRAW_EVERY_MS = 100;

export interface ToolCallState {
  readonly phase: "idle" | "running" | "done" | "failed" | "cancelled";
  /** What has come so far, the newest when it is much. */
  readonly values: readonly unknown[];
  /** How many have come in all. */
  readonly count: number;
  readonly error: unknown;
  /** From the request to the last value, in milliseconds; 0 while it runs. */
  readonly ms: number;
}

export interface RunnableCall {
  readonly plugin: string;
  readonly tool: string;
  readonly input: unknown;
  readonly project: string | undefined;
}

const IDLE: ToolCallState = { phase: "idle", values: [], count: 0, error: null, ms: 0 };

/** One call of a tool at a time, with its values as they come. It is cancelled when whoever shows it goes away. */
export const useToolCall = () => {
  const { t } = useTranslation("tools");
  const { client } = useOrganization();
  const [state, setState] = useState(IDLE);
  const current = useRef<AbortController | null>(null);
  useEffect(() => () => current.current?.abort(), []);
  const run = useCallback(
    async ({ plugin, tool, input, project }: RunnableCall) => {
      current.current?.abort();
      const stop = new AbortController();
      current.current = stop;
      const started = performance.now();
      const newest = new NewestValues();
      const draw = (phase: ToolCallState["phase"], error: unknown = null) => {
        if (current.current !== stop) return;
        const ms = phase === "running" ? 0 : performance.now() - started;
        setState({ phase, values: newest.values, count: newest.count, error, ms });
      };
      draw("running");
      const drawing = setInterval(() => draw("running"), DRAW_EVERY_MS);
      try {
        const body = { input, ...(project !== undefined && { project }) };
        let isComplete = false;
        for await (const { event, data } of client.tools.stream(plugin, tool, body, stop.signal)) {
          if (event === "done") isComplete = true;
          if (event === "output") newest.add(data);
        }
        if (!isComplete) throw new PatchbayError("unavailable", t("brokeOff"));
        draw("done");
      } catch (error) {
        if (stop.signal.aborted) draw("cancelled");
        else
          draw(
            "failed",
            error instanceof PatchbayError ? error : new PatchbayError("unavailable", t("brokeOff")),
          );
      } finally {
        clearInterval(drawing);
      }
    },
    [client, t],
  );
  const cancel = useCallback(() => current.current?.abort(), []);
  return { state, run, cancel };
};
