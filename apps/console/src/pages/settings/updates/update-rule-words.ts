import { useTranslation } from "react-i18next";
import type { UpdateRules } from "./updates-draft.ts";

/** The rules as the page calls them, and their values in its words. */
export const useUpdateRuleWords = () => {
  const { t } = useTranslation(["updates", "common"]);
  const titles: Record<keyof UpdateRules, string> = {
    strategy: t("rules.strategy"),
    include: t("rules.include"),
    exclude: t("rules.exclude"),
    minimumAgeHours: t("rules.age"),
    ageExceptions: t("rules.exceptions"),
    securityAtOnce: t("rules.atOnce"),
    window: t("rules.windowed"),
    plugins: t("single.title"),
  };
  const partsOf = (pointer: string) => pointer.split("/").slice(1);
  const parts = {
    days: t("rules.days"),
    from: t("rules.from"),
    to: t("rules.to"),
    timeZone: t("rules.timeZone"),
  };
  const titleOf = (pointer: string): string => {
    const [rule = "", part = "", last] = partsOf(pointer);
    const title = titles[rule as keyof UpdateRules] ?? rule;
    if (rule === "window") return [title, parts[part as keyof typeof parts]].filter(Boolean).join(", ");
    if (rule !== "plugins" || part === "") return title;
    if (last === undefined) return part;
    return t(last === "pin" ? "single.pinOf" : "single.strategyOf", { plugin: part });
  };
  return {
    titleOf,
    wordsOf: (pointer: string, value: unknown): string | undefined => {
      if (value === "all" && pointer === "/include") return t("common:all");
      const isStrategy = pointer === "/strategy" || partsOf(pointer)[2] === "strategy";
      return isStrategy && value !== undefined ? t(`rules.${value as UpdateRules["strategy"]}`) : undefined;
    },
  };
};
