import { PatchbayError } from "@patchbay/protocol";
import type { TFunction } from "i18next";
import { problems } from "../messages/en/problems.ts";
import { isTelling, type ProblemKind, problemKindOf } from "./problem-kinds.ts";

export interface ProblemWords {
  readonly title: string;
  /** What happened: one sentence. */
  readonly text: string;
  /** What the server or the plugin says itself, where that says more. In the words of the API, in English. */
  readonly said?: string;
  /** What to do about it. */
  readonly action: string;
}

/** These say more than what was wanted: their own title stands instead. */
const ABOVE_ALL: ReadonlySet<ProblemKind | null> = new Set(["away", "signedOut", "changed"] as const);

/** An error for those who read it, in their language. `title` says what was wanted and did not work. */
export const problemWords = (t: TFunction<"problems">, error: unknown, title?: string): ProblemWords => {
  const kind = problemKindOf(error);
  if (kind === null || !(error instanceof PatchbayError)) {
    const message = error instanceof Error ? error.message : String(error);
    return {
      title: title ?? t("consoleTitle"),
      text: t("console", { message }),
      action: t("consoleAction"),
    };
  }
  // Without an answer there is nothing that a code could add.
  const code = kind === "away" ? null : error.code;
  return {
    title: title === undefined || ABOVE_ALL.has(kind) ? t(`kind.${kind}.title`) : title,
    text: isTexted(code) ? t(`text.${code}`) : t(`kind.${kind}.text`),
    action: isAnswered(code) ? t(`action.${code}`) : t(`kind.${kind}.action`),
    ...(code !== null && isTelling(error) && { said: withoutRemedy(error) }),
  };
};

const isTexted = (code: string | null): code is keyof typeof problems.text =>
  code !== null && Object.hasOwn(problems.text, code);

const isAnswered = (code: string | null): code is keyof typeof problems.action =>
  code !== null && Object.hasOwn(problems.action, code);

/** Its last sentence may be what to do through the API: here stands what to do in the console. */
const withoutRemedy = ({ message, facts: { remedy } }: PatchbayError): string =>
  typeof remedy === "string" && message.endsWith(remedy)
    ? message.slice(0, -remedy.length).trimEnd()
    : message;
