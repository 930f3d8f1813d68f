import { Alert, List, Stack, Text, Title } from "@mantine/core";
import type { ResolutionDto } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../../components/formats.ts";
import { PermissionList } from "../../../components/permissions/permission-list.tsx";

export interface AlongProps {
  /** What is installed with it. */
  readonly along: ResolutionDto["along"];
}

/** Says which further plugins are installed, and for whom. */
export const AlongNote = ({ along }: AlongProps) => {
  const { t } = useTranslation("install");
  const formats = useFormats();
  if (along.length === 0) return null;
  return (
    <Alert color="blue" role="status" title={t("along.title", { count: along.length })}>
      <List size="sm">
        {along.map(({ plugin, name, version, wantedBy }) => (
          <List.Item key={plugin}>
            {t("along.one", { name, version, plugins: formats.list(wantedBy.map((one) => one.plugin)) })}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
};

/** What each of them requires: installing grants it. */
export const AlongPermissions = ({ along }: AlongProps) => {
  const { t } = useTranslation("install");
  return along.map(({ plugin, name, version, permissions: { required } }) => (
    <Stack component="section" gap={4} key={plugin} aria-label={t("along.permissions", { name })}>
      <Title order={3} size="h2">
        {t("along.permissions", { name })}
      </Title>
      <Text c="dimmed" size="sm">
        {t(required.length === 0 ? "along.none" : "along.help", { name, version })}
      </Text>
      <PermissionList requests={required} />
    </Stack>
  ));
};
