import { PatchbayError, type ToolDto } from "@patchbay/protocol";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { UploadProgress } from "../../api/send-form.ts";
import { useOrganization } from "../../session/organization.ts";
import { useFormats } from "../formats.ts";
import { NewestValues } from "./newest-values.ts";
import { type AnswerFile, callWithFiles, hasFiles, splitFiles } from "./tool-files.ts";

/** Values of a stream are drawn in one go this often, in milliseconds. */
const DRAW_EVERY_MS = 100;

export interface ToolCallState {
  readonly phase: "idle" | "running" | "done" | "failed" | "cancelled";
  /** What has come so far, the newest when it is much. */
  readonly values: readonly unknown[];
  /** How many have come in all. */
  readonly count: number;
  /** Files of the answer. */
  readonly files: readonly AnswerFile[];
  /** How much of the files of the call has left, while they leave. */
  readonly sent: UploadProgress | null;
  /** How far it says that it is, while it runs. */
  readonly progress: ToolProgress | null;
  readonly error: unknown;
  /** From the request to the last value, in milliseconds; 0 while it runs. */
  readonly ms: number;
}

/** As an event `progress` of the API has it. */
export interface ToolProgress {
  readonly done: number;
  readonly total?: number;
  readonly message?: string;
}

export interface RunnableCall {
  readonly tool: ToolDto;
  readonly input: unknown;
  readonly project: string | undefined;
}

const IDLE: ToolCallState = {
  phase: "idle",
  values: [],
  count: 0,
  files: [],
  sent: null,
  progress: null,
  error: null,
  ms: 0,
};

/** One call of a tool at a time, with its values as they come. It is cancelled when whoever shows it goes away. */
export const useToolCall = () => {
  const { t } = useTranslation("tools");
  const { client } = useOrganization();
  const formats = useFormats();
  const [state, setState] = useState(IDLE);
  const current = useRef<AbortController | null>(null);
  useEffect(() => () => current.current?.abort(), []);
  const run = useCallback(
    async ({ tool, input, project }: RunnableCall) => {
      current.current?.abort();
      const stop = new AbortController();
      current.current = stop;
      const started = performance.now();
      const newest = new NewestValues();
      let files: readonly AnswerFile[] = [];
      let sent: UploadProgress | null = null;
      let progress: ToolProgress | null = null;
      const draw = (phase: ToolCallState["phase"], error: unknown = null) => {
        if (current.current !== stop) return;
        const ms = phase === "running" ? 0 : performance.now() - started;
        const { values, count } = newest;
        const onItsWay = phase === "running" ? { sent, progress } : { sent: null, progress: null };
        setState({ phase, values, count, files, ...onItsWay, error, ms });
      };
      draw("running");
      const drawing = setInterval(() => draw("running"), DRAW_EVERY_MS);
      try {
        if (hasFiles(tool)) {
          const split = splitFiles(input);
          const bytes = split.files.reduce((sum, { content }) => sum + content.size, 0);
          if (bytes > (tool.maxFileBytes ?? bytes))
            throw new PatchbayError(
              "payload_too_large",
              t("file.tooLarge", {
                size: formats.bytes(bytes),
                limit: formats.bytes(tool.maxFileBytes ?? bytes),
              }),
            );
          const call = { plugin: tool.plugin, tool: tool.tool, ...split, project };
          const onProgress = (progress: UploadProgress) => {
            if (split.files.length > 0) sent = progress;
          };
          const answer = await callWithFiles(client, call, { onProgress, signal: stop.signal });
          files = answer.files;
          newest.add(answer.output);
        } else {
          const body = { input, ...(project !== undefined && { project }) };
          let isComplete = false;
          const events = client.tools.stream(tool.plugin, tool.tool, body, stop.signal);
          for await (const { event, data } of events) {
            if (event === "done") isComplete = true;
            if (event === "output") newest.add(data);
            if (event === "progress") progress = data as ToolProgress;
          }
          if (!isComplete) throw new PatchbayError("unavailable", t("brokeOff"));
        }
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
    [client, t, formats],
  );
  const cancel = useCallback(() => current.current?.abort(), []);
  return { state, run, cancel };
};
