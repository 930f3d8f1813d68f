import { useTranslation } from "react-i18next";
import type { PolicyRules } from "./policy-draft.ts";

/** The rules as the page calls them, and their values in its words. */
export const usePolicyWords = () => {
  const { t } = useTranslation(["policy", "common"]);
  const titles: Record<keyof PolicyRules, string> = {
    install: t("people.install"),
    debug: t("people.debug"),
    conversations: t("people.conversations"),
    sources: t("origin.sources"),
    badges: t("origin.badges"),
    signatures: t("origin.signatures"),
    allowed: t("plugins.allowed"),
    required: t("plugins.required"),
    forbidden: t("plugins.forbidden"),
    maxGrants: t("grants.allowed"),
    callDays: t("calls.days"),
    calls: t("calls.kept"),
    callContent: t("calls.content"),
  };
  const ruleAt = (pointer: string) => pointer.split("/")[1] as keyof PolicyRules;
  return {
    titleOf: (pointer: string): string => titles[ruleAt(pointer)] ?? pointer,
    wordsOf: (pointer: string, value: unknown): string | undefined => {
      if (value === "all") return t("common:all");
      if (Array.isArray(value) && value.length === 0) return t("common:none");
      switch (ruleAt(pointer)) {
        case "install":
        case "debug":
        case "conversations":
          return t(`audience.${value as PolicyRules["debug"]}`);
        case "signatures":
          return t(`origin.signature.${value as PolicyRules["signatures"]}`);
        case "sources":
          return listed(value as Listed<"sources">, (one) => t(`source.${one}`));
        case "badges":
          return listed(value as Listed<"badges">, (one) => t(`common:badge.${one}`));
        case "maxGrants":
          return listed(value as Listed<"maxGrants">, ({ name }) => name);
        default:
          return undefined;
      }
    },
  };
};

type Listed<Rule extends "sources" | "badges" | "maxGrants"> = Exclude<PolicyRules[Rule], "all">;

const listed = <One>(list: readonly One[], wordsOf: (one: One) => string): string =>
  list.map(wordsOf).join(", ");
