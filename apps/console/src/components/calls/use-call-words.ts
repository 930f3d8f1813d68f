import type { CallDto } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";

/** What calls are told with. */
export const useCallWords = () => {
  const { t } = useTranslation("calls");
  return {
    /** How it ended. */
    endOf: ({ code }: CallDto): string => (code === undefined ? t("answered") : code),
    /** Who has called: a plugin, or who has started the chain; undefined for nobody. */
    callerOf: ({ caller, apiKey, person, surface }: CallDto): string | undefined => {
      if (caller !== undefined) return caller;
      if (apiKey !== undefined) return t("byKey", { name: apiKey.name ?? t("gone") });
      if (person !== undefined) return person.name ?? t("gone");
      return surface === "schedule" || surface === "endpoint" ? t(`surfaces.${surface}`) : undefined;
    },
  };
};
