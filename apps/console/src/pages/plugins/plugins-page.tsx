import { Card, Group, SimpleGrid, Text } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { pluginsQuery } from "../../api/queries.ts";
import { useOrganization } from "../../app/organization.ts";
import { Page } from "../../components/page.tsx";

export const PluginsPage = () => {
  const { t } = useTranslation();
  const { org } = useOrganization();
  const { data: plugins } = useSuspenseQuery(pluginsQuery(org));
  return (
    <Page title={t("nav.plugins")}>
      <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }} component="ul" p={0} m={0}>
        {plugins.map(({ plugin, name, version, state, description }) => (
          <Card key={plugin} component="li" withBorder padding="sm">
            <Group justify="space-between">
              <Text fw={600}>{name}</Text>
              <Text size="xs">{t(`state.${state}`)}</Text>
            </Group>
            <Text size="xs" c="dimmed">
              {version}
            </Text>
            <Text lineClamp={2}>{description}</Text>
          </Card>
        ))}
      </SimpleGrid>
    </Page>
  );
};
