import { PatchbayError } from "@patchbay/protocol";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useOrganization } from "../../../session/organization.ts";
import { askGateway } from "./ask-gateway.ts";
import { ModelProblem } from "./model-problem.ts";
import type { QuestionBody } from "./question.ts";
import { NOTHING, readAnswer, type Said } from "./read-answer.ts";

/** What comes is drawn in one go this often, in milliseconds. */
const DRAW_EVERY_MS = 100;

export interface AnswerState {
  readonly phase: "idle" | "running" | "done" | "failed" | "stopped";
  readonly said: Said;
  readonly error: unknown;
  /** From the request to the end, and to the first word (null without one), in milliseconds. */
  readonly ms: number;
  readonly firstMs: number | null;
}

const isTold = (error: unknown): boolean => error instanceof ModelProblem || error instanceof PatchbayError;

const IDLE: AnswerState = { phase: "idle", said: NOTHING, error: null, ms: 0, firstMs: null };

/** One question at a time, with its answer as it comes. It is given up when whoever shows it goes away. */
export const useQuestion = () => {
  const { t } = useTranslation("playground");
  const { org, project } = useOrganization();
  const [state, setState] = useState(IDLE);
  const current = useRef<AbortController | null>(null);
  useEffect(() => () => current.current?.abort(), []);
  const ask = useCallback(
    async (body: QuestionBody, stream: boolean) => {
      current.current?.abort();
      const stop = new AbortController();
      current.current = stop;
      const started = performance.now();
      let said = NOTHING;
      let firstMs: number | null = null;
      const draw = (phase: AnswerState["phase"], error: unknown = null) => {
        if (current.current !== stop) return;
        setState({ phase, said, error, ms: performance.now() - started, firstMs });
      };
      draw("running");
      const drawing = setInterval(() => draw("running"), DRAW_EVERY_MS);
      try {
        const response = await askGateway(
          "/v1/chat/completions",
          { org, project },
          {
            body: { ...body, ...(stream && { stream, stream_options: { include_usage: true } }) },
            signal: stop.signal,
            unreadable: (status) => t("unreadable", { status }),
          },
        );
        for await (said of readAnswer(response, () => new ModelProblem(t("brokeOff"))))
          if (said.text + said.reasoning !== "") firstMs ??= performance.now() - started;
        draw("done");
      } catch (error) {
        if (stop.signal.aborted) draw("stopped");
        else draw("failed", isTold(error) ? error : new ModelProblem(t("brokeOff")));
      } finally {
        clearInterval(drawing);
      }
    },
    [org, project, t],
  );
  const stop = useCallback(() => current.current?.abort(), []);
  return { state, ask, stop };
};
