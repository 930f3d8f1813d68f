import { useTranslation } from "react-i18next";
import { useFormats } from "../../components/formats.ts";
import type { Attention, KnownWeakness } from "./attention.ts";

/** The known weakness of an installed version as a sentence, with what mends it. */
export const useWeaknessWords = () => {
  const { t } = useTranslation(["plugins", "common"]);
  const formats = useFormats();
  return (version: string, { severity, summary, fixes }: KnownWeakness): string => {
    const known =
      severity === null
        ? t("attention.weakness", { version, summary })
        : t("attention.weaknessOf", { version, summary, severity: t(`common:severity.${severity}`) });
    return `${known} ${fixes.length === 0 ? t("attention.noFix") : t("attention.fixedIn", { versions: formats.list(fixes) })}`;
  };
};

/** Why a plugin needs somebody, as a sentence. */
export const useAttentionWords = () => {
  const { t } = useTranslation(["plugins", "common"]);
  const formats = useFormats();
  const weaknessWords = useWeaknessWords();
  return ({ plugin: { version, lastError, update, health }, reason }: Attention): string => {
    switch (reason.kind) {
      case "failed":
        return lastError?.message ?? t("attention.failed");
      case "blocked":
        return lastError?.message ?? t("attention.blocked");
      case "last_change":
        return t("attention.lastChange", { message: lastError?.message ?? "" });
      case "degraded":
        return t("attention.degraded", {
          count: health.calls,
          calls: formats.number(health.calls),
          errors: formats.number(health.errors),
        });
      case "update_waits":
        return t("attention.update", { version: update?.version ?? "", count: update?.missing.length ?? 0 });
      case "needs_settings":
        return t("attention.needsSettings", {
          count: reason.settings.length,
          settings: formats.list(reason.settings),
        });
      case "advisory":
        return weaknessWords(version, reason.weakness);
      case "dependency":
        return reason.state === null
          ? t("attention.neededGone", { needed: reason.needed })
          : t("attention.needed", { needed: reason.needed, state: t(`common:state.${reason.state}`) });
    }
  };
};
