import { settingOfHost } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";

/** What puts a host of a list in words: one that a setting says is named by the setting. */
export const useHostWords = (): ((host: string) => string) => {
  const { t } = useTranslation("common");
  return (host) => {
    const setting = settingOfHost(host);
    return setting === null ? host : t("hostOfSetting", { setting });
  };
};
