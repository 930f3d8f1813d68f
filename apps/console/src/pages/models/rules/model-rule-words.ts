import { useTranslation } from "react-i18next";
import type { ModelRules } from "./model-rules-draft.ts";

/** The rules as the page calls them, and their values in its words. */
export const useModelRuleWords = () => {
  const { t } = useTranslation(["models", "common"]);
  const titles: Record<keyof ModelRules, string> = {
    defaultModel: t("rules.default"),
    memoryModel: t("rules.memory"),
    allowed: t("rules.allowed"),
    retries: t("rules.retries"),
    aliases: t("alias.title"),
  };
  return {
    titleOf: (pointer: string): string => titles[pointer.split("/")[1] as keyof ModelRules] ?? pointer,
    wordsOf: (pointer: string, value: unknown): string | undefined => {
      if (value === "all") return t("common:all");
      if (value === "" || (Array.isArray(value) && value.length === 0)) return t("common:none");
      if (pointer !== "/aliases" || !Array.isArray(value)) return undefined;
      return (value as ModelRules["aliases"])
        .map(({ name, models }) => `${name}: ${models.join(", ")}`)
        .join("; ");
    },
  };
};
