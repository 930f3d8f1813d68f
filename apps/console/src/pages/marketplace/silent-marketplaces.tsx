import { Text } from "@mantine/core";
import type { MarketplaceStateDto } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { Notice } from "../../components/notice.tsx";

/** Says which marketplaces do not answer, and in which words: what they have is missing from the list. */
export const SilentMarketplaces = ({ marketplaces }: { marketplaces: readonly MarketplaceStateDto[] }) => {
  const { t } = useTranslation("marketplace");
  const silent = marketplaces.filter(({ state }) => state === "unavailable");
  if (silent.length === 0) return null;
  return (
    <Notice isNews title={t("silent", { count: silent.length })}>
      {silent.map(({ name, url, message = url }) => (
        <Text key={url} size="sm" style={{ overflowWrap: "anywhere" }}>
          {t("silentOne", { name, message })}
        </Text>
      ))}
    </Notice>
  );
};
