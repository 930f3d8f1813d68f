import { Group, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ButtonLink } from "../../../components/links.tsx";
import { useOrganization } from "../../../session/organization.ts";

/** Says how there would be something to see. */
export const NoUsage = () => {
  const { t } = useTranslation("usage");
  const { org, maySomewhere } = useOrganization();
  return (
    <Stack gap="xs" align="flex-start">
      <Title order={2}>{t("none.title")}</Title>
      <Text maw={640}>{t("none.text")}</Text>
      <Group gap="xs">
        <ButtonLink to="/o/$org/settings/api-keys" params={{ org }}>
          {t("none.keys")}
        </ButtonLink>
        {maySomewhere("org.plugins.configure") && (
          <ButtonLink to="/o/$org/models" params={{ org }} variant="default">
            {t("none.models")}
          </ButtonLink>
        )}
      </Group>
    </Stack>
  );
};
