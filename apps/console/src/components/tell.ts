import { notifications } from "@mantine/notifications";
import { PatchbayError } from "@patchbay/protocol";
import i18next from "i18next";
import { isOffline } from "./is-offline.ts";

/** Long enough to read an error and note its code, in milliseconds. */
const PROBLEM_MS = 12_000;
const DONE_MS = 4_000;

/** Says that something has happened. */
export const tellDone = (message: string): void => {
  notifications.show({ message, color: "teal", autoClose: DONE_MS, role: "status" });
};

/** Says what did not work, in the words of the API. */
export const tellProblem = (title: string, error: unknown): void => {
  if (isOffline(error)) {
    const [offline, message] = [i18next.t("problem.offlineTitle"), i18next.t("problem.offline")];
    notifications.show({ title: offline, message, color: "red", autoClose: PROBLEM_MS, role: "alert" });
    return;
  }
  const message =
    error instanceof PatchbayError
      ? `${error.message} (${error.code})`
      : error instanceof Error
        ? error.message
        : String(error);
  notifications.show({ title, message, color: "red", autoClose: PROBLEM_MS, role: "alert" });
};
