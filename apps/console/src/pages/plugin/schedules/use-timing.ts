import type { ScheduleDto } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";

type Unit = "s" | "m" | "h" | "d";

/** When a schedule runs, in words: "Every 15 minutes." A cron expression stays what its author wrote. */
export const useTiming = (): ((schedule: ScheduleDto) => string) => {
  const { t } = useTranslation("schedules");
  return ({ cron, every, timezone = "UTC" }) => {
    if (cron !== undefined) return `${t("cron", { cron, timezone })}.`;
    const span = every ?? "";
    return `${t(`every.${span.slice(-1) as Unit}`, { count: Number.parseInt(span, 10) })}.`;
  };
};
