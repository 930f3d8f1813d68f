import { Alert, Skeleton, Stack, Text } from "@mantine/core";
import type { InstallationDto } from "@patchbay/protocol";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { versionQuery } from "../../api/plugin-queries.ts";
import { toolsQuery } from "../../api/queries.ts";
import { PlainList } from "../../components/plain-list.tsx";
import { RetryProblem } from "../../components/retry-problem.tsx";
import { ToolBrowser } from "../../components/try-tool/tool-browser.tsx";
import { useOrganization } from "../../session/organization.ts";
import { usePlugin } from "./use-plugin.ts";

const route = getRouteApi("/o/$org/plugins/$plugin/tools");

/** The plugin's tools, each to be tried. */
export const ToolsTab = () => {
  const { org } = useOrganization();
  const installation = usePlugin();
  const { tool: chosen } = route.useSearch();
  const navigate = route.useNavigate();
  const all = useQuery(toolsQuery(org, undefined));
  if (all.isLoadingError) return <RetryProblem error={all.error} onRetry={() => void all.refetch()} />;
  if (all.data === undefined) return <Skeleton height={240} />;
  const tools = all.data.filter(({ plugin }) => plugin === installation.plugin);
  if (tools.length === 0) return <ToolsAtRest installation={installation} />;
  return (
    <ToolBrowser
      groups={[{ key: installation.plugin, tools }]}
      selected={tools.find(({ tool }) => tool === chosen)}
      onSelect={(tool) =>
        void navigate({ search: (old) => ({ ...old, tool: tool?.tool }), resetScroll: false })
      }
    />
  );
};

/** What there would be if the plugin were running. */
const ToolsAtRest = ({ installation: { plugin, version } }: { installation: InstallationDto }) => {
  const { t } = useTranslation("plugin");
  const { org } = useOrganization();
  const found = useQuery(versionQuery(org, plugin, version));
  if (found.isLoadingError) return <RetryProblem error={found.error} onRetry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={160} />;
  const tools = found.data.manifest.contributes?.tools ?? [];
  if (tools.length === 0) return <Text>{t("tools.none")}</Text>;
  return (
    <Stack gap="md">
      <Alert color="gray">{t("tools.atRest")}</Alert>
      <PlainList>
        {tools.map(({ name, title = name, description }) => (
          <li key={name}>
            <Text fw={600}>{title}</Text>
            <Text size="sm" c="dimmed">
              {description}
            </Text>
          </li>
        ))}
      </PlainList>
    </Stack>
  );
};
