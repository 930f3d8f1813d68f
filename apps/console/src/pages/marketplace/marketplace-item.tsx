import { Badge, Group, Text } from "@mantine/core";
import type { MarketplaceItemDto } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../components/formats.ts";
import { AnchorLink } from "../../components/links.tsx";
import { PluginIcon } from "../../components/plugin-icon.tsx";
import { useOrganization } from "../../session/organization.ts";
import styles from "./marketplace.module.css";
import { PluginAction } from "./plugin-action.tsx";
import { PublisherLink } from "./publisher-link.tsx";
import type { OpenDialog } from "./use-marketplace-dialog.tsx";

export interface MarketplaceItemProps {
  readonly item: MarketplaceItemDto;
  readonly onOpen: OpenDialog;
}

/** A plugin of a marketplace in a list. */
export const MarketplaceItem = ({ item, onOpen }: MarketplaceItemProps) => {
  const { t } = useTranslation(["marketplace", "common"]);
  const { org } = useOrganization();
  const { plugin, name, description, badge, icon, installed, latest, blocked } = item;
  return (
    <li className={styles.item} aria-label={name}>
      <PluginIcon icon={icon} size={36} />
      <div className={styles.words}>
        <Group gap={6}>
          <AnchorLink to="/o/$org/marketplace/$plugin" params={{ org, plugin }} fw={600} c="inherit">
            {name}
          </AnchorLink>
          <Text size="sm" c="dimmed">
            {latest}
          </Text>
          <Badge variant="default" size="sm" tt="none">
            {t(`common:badge.${badge}`)}
          </Badge>
          {item.deprecated !== undefined && <DeprecatedMark />}
        </Group>
        <Text size="sm" lineClamp={2} style={{ overflowWrap: "anywhere" }}>
          {description}
        </Text>
        {blocked !== undefined && (
          <Text size="sm">
            <strong>{t("notAllowed")}.</strong> {blocked.message}
          </Text>
        )}
        <ItemFacts item={item} />
      </div>
      <div className={styles.action}>
        <PluginAction item={item} version={latest} onOpen={onOpen} />
        {installed !== null && (
          <Text size="xs" c="dimmed">
            {t("installed", { version: installed })}
          </Text>
        )}
      </div>
    </li>
  );
};

/** Not to be used anew. */
export const DeprecatedMark = () => {
  const { t } = useTranslation("marketplace");
  return (
    <Badge variant="outline" color="orange" c="var(--mantine-color-text)" size="sm" tt="none">
      {t("deprecated")}
    </Badge>
  );
};

const ItemFacts = ({ item }: Pick<MarketplaceItemProps, "item">) => {
  const { t } = useTranslation(["marketplace", "common"]);
  const formats = useFormats();
  const { publisher, category, installs, updatedAt } = item;
  return (
    <Text size="xs" c="dimmed">
      <PublisherLink publisher={publisher} isQuiet />
      {` · ${t(`common:category.${category as "ui"}`)} · `}
      {t("installs", { count: installs, installs: formats.number(installs) })}
      {" · "}
      <time dateTime={updatedAt} title={formats.dateTime(updatedAt)}>
        {t("updated", { when: formats.ago(updatedAt) })}
      </time>
    </Text>
  );
};
