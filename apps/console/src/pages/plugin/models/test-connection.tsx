import { Badge, Button, Group, Stack, Text } from "@mantine/core";
import type { InstallationDto, ProviderTestDto } from "@patchbay/protocol";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { clientOf } from "../../../api/client.ts";
import { versionQuery } from "../../../api/plugin-queries.ts";
import { tellProblem } from "../../../components/tell.ts";
import { useOrganization } from "../../../session/organization.ts";
import { usePluginRights } from "../../plugins/rights.ts";

const COLORS = { answers: "teal", fails: "red", not_set_up: "gray" } as const;

export interface TestConnectionProps {
  readonly installation: InstallationDto;
  readonly project: string | null;
  /** What is on the form is not what would be tested. */
  readonly isDirty: boolean;
}

/** Asks the plugin's model providers for their models, and says what came of it, for those who set them up. */
export const TestConnection = ({ installation, project, isDirty }: TestConnectionProps) => {
  const { t } = useTranslation("plugin");
  const { org } = useOrganization();
  const { mayConfigure } = usePluginRights();
  const { mutate, data, isPending } = useMutation({
    mutationFn: () => clientOf(org).models.test(installation.plugin, project ?? undefined),
    onError: (error) => tellProblem(t("models.testFailed"), error),
  });
  const { data: version } = useQuery(versionQuery(org, installation.plugin, installation.version));
  const providers = version?.manifest.contributes?.models ?? [];
  if (providers.length === 0 || !mayConfigure(project)) return null;
  const isOff = installation.state !== "enabled";
  return (
    <Stack gap="xs">
      <Group gap="sm">
        <Button variant="default" disabled={isDirty || isOff} loading={isPending} onClick={() => mutate()}>
          {t("models.test")}
        </Button>
        {(isDirty || isOff) && (
          <Text size="sm" c="dimmed">
            {t(isOff ? "models.enableFirst" : "models.saveFirst")}
          </Text>
        )}
      </Group>
      <div role="status">
        {data !== undefined && !isPending && (
          <Stack gap="xs">
            {told(data).map((provider) => (
              <ProviderTest key={provider.name} {...provider} />
            ))}
          </Stack>
        )}
      </div>
    </Stack>
  );
};

/** Providers that nobody has set up are of interest where there are no others. */
const told = (providers: readonly ProviderTestDto[]): readonly ProviderTestDto[] => {
  const set = providers.filter(({ status }) => status !== "not_set_up");
  return set.length > 0 ? set : providers;
};

const ProviderTest = ({ name, title = name, status, models = 0, message }: ProviderTestDto) => {
  const { t } = useTranslation("plugin");
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <Badge variant="light" color={COLORS[status]} tt="none" style={{ flexShrink: 0 }}>
        {t(`models.status.${status}`)}
      </Badge>
      <Text size="sm" style={{ overflowWrap: "anywhere" }}>
        {title}: {status === "answers" ? t("models.count", { count: models }) : message}
      </Text>
    </Group>
  );
};
