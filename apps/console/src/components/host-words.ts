import { settingOfHost } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";

/** What puts a host of a list in words: one that a setting says is named by the setting, by its title where `titleOf` knows titles. */
export const useHostWords = (titleOf?: (setting: string) => string): ((host: string) => string) => {
  const { t } = useTranslation("common");
  return (host) => {
    const setting = settingOfHost(host);
    if (setting === null) return host;
    return titleOf === undefined
      ? t("hostOfSetting", { setting })
      : t("hostOfTitledSetting", { setting: titleOf(setting) });
  };
};
