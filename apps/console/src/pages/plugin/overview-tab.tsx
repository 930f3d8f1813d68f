import { Grid, Skeleton, Stack, Text } from "@mantine/core";
import type { VersionDto } from "@patchbay/protocol";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { readmeQuery, versionQuery } from "../../api/plugin-queries.ts";
import { Markdown } from "../../components/markdown.tsx";
import { RetryProblem } from "../../components/retry-problem.tsx";
import { useOrganization } from "../../session/organization.ts";
import { Contributions } from "./contributions/contributions.tsx";
import { LastError } from "./last-error.tsx";
import { PluginFacts } from "./plugin-facts.tsx";
import { usePlugin } from "./use-plugin.ts";

/** What the plugin is, by its author's words and by the facts; first of all what is wrong with it. */
export const OverviewTab = () => {
  const { org } = useOrganization();
  const installation = usePlugin();
  const { plugin, version } = installation;
  const found = useQuery(versionQuery(org, plugin, version));
  return (
    <Stack gap="md">
      {installation.lastError !== undefined && <LastError installation={installation} />}
      <Text>{installation.description}</Text>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 4 }} order={{ base: 1, lg: 2 }}>
          <Stack gap="md">
            <PluginFacts installation={installation} version={found.data} />
            {found.data !== undefined && <Contributions manifest={found.data.manifest} plugin={plugin} />}
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 8 }} order={{ base: 2, lg: 1 }}>
          {found.isLoadingError ? (
            <RetryProblem error={found.error} onRetry={() => void found.refetch()} />
          ) : found.data === undefined ? (
            <Skeleton height={240} />
          ) : (
            <Readme version={found.data} />
          )}
        </Grid.Col>
      </Grid>
    </Stack>
  );
};

const Readme = ({ version: { plugin, version, hasReadme } }: { version: VersionDto }) => {
  const { t } = useTranslation("plugin");
  const { org } = useOrganization();
  const readme = useQuery({ ...readmeQuery(org, plugin, version), enabled: hasReadme });
  if (!hasReadme || readme.data === null) return <Text c="dimmed">{t("overview.noReadme")}</Text>;
  if (readme.isLoadingError)
    return <RetryProblem error={readme.error} onRetry={() => void readme.refetch()} />;
  if (readme.data === undefined) return <Skeleton height={240} />;
  return (
    <section aria-label={t("overview.readme")}>
      <Markdown text={readme.data} />
    </section>
  );
};
