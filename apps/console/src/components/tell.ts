import { type NotificationData, notifications } from "@mantine/notifications";
import i18next from "i18next";
import { problemWords } from "./problem-words.ts";

/** Long enough to read an error, in milliseconds. */
const PROBLEM_MS = 12_000;
const DONE_MS = 4_000;

/** Shows a note, which can be closed by everybody. */
export const tell = (note: NotificationData): void => {
  const label = i18next.t("close", { ns: "common" });
  notifications.show({ ...note, closeButtonProps: { "aria-label": label } });
};

/** Says that something has happened. */
export const tellDone = (message: string): void => {
  tell({ message, color: "teal", autoClose: DONE_MS, role: "status" });
};

/** Says what did not work, for those who read it. */
export const tellProblem = (wanted: string, error: unknown): void => {
  const { title, text, said, action } = problemWords(i18next.getFixedT(null, "problems"), error, wanted);
  const message = [text, said, action].filter((words) => words !== undefined).join(" ");
  tell({ title, message, color: "red", autoClose: PROBLEM_MS, role: "alert" });
};
