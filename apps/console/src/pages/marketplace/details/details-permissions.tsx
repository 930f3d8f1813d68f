import { Stack, Text, Title } from "@mantine/core";
import { type RegistryVersionDto, requestsOf } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { PermissionList } from "../../../components/permissions/permission-list.tsx";

/** What it may do: what it cannot work without, and what is up to who installs it. */
export const DetailsPermissions = ({ version }: { version: RegistryVersionDto | undefined }) => {
  const { t } = useTranslation("marketplace");
  const { required, optional } = requestsOf(version?.manifest ?? {});
  if (required.length + optional.length === 0) return <Text>{t("permissions.none")}</Text>;
  return (
    <Stack gap="lg">
      <section>
        <Title order={2}>{t("permissions.required")}</Title>
        <Text c="dimmed" size="sm" mb="xs">
          {t(required.length === 0 ? "permissions.noneRequired" : "permissions.requiredHelp")}
        </Text>
        <PermissionList requests={required} order={3} />
      </section>
      {optional.length > 0 && (
        <section>
          <Title order={2}>{t("permissions.optional")}</Title>
          <Text c="dimmed" size="sm" mb="xs">
            {t("permissions.optionalHelp")}
          </Text>
          <PermissionList requests={optional} order={3} />
        </section>
      )}
    </Stack>
  );
};
