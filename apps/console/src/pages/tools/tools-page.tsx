import { Skeleton, Stack, Text, TextInput } from "@mantine/core";
import type { ToolDto } from "@patchbay/protocol";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { pluginsQuery, toolsQuery } from "../../api/queries.ts";
import { ButtonLink } from "../../components/links.tsx";
import { Page } from "../../components/page.tsx";
import { RetryProblem } from "../../components/retry-problem.tsx";
import { ToolBrowser } from "../../components/try-tool/tool-browser.tsx";
import { useOrganization } from "../../session/organization.ts";
import { groupTools } from "./group-tools.ts";

const route = getRouteApi("/o/$org/tools");

/** Everything callable, to be tried here. */
export const ToolsPage = () => {
  const { t } = useTranslation();
  const { org, project } = useOrganization();
  const tools = useQuery(toolsQuery(org, project));
  return (
    <Page title={t("nav.tools")}>
      {tools.isLoadingError ? (
        <RetryProblem error={tools.error} onRetry={() => void tools.refetch()} />
      ) : tools.data === undefined ? (
        <Skeleton height={320} />
      ) : tools.data.length === 0 ? (
        <NoTools />
      ) : (
        <Tools tools={tools.data} />
      )}
    </Page>
  );
};

const Tools = ({ tools }: { tools: readonly ToolDto[] }) => {
  const { t } = useTranslation("tools");
  const { org } = useOrganization();
  const { q: sought = "", tool: chosen } = route.useSearch();
  const [q, setQ] = useState(sought);
  const navigate = route.useNavigate();
  const { data: plugins } = useQuery(pluginsQuery(org));
  const groups = useMemo(() => {
    const names = new Map(plugins?.map(({ plugin, name }) => [plugin, name]));
    return groupTools(tools, q, (plugin) => names.get(plugin) ?? plugin);
  }, [tools, plugins, q]);
  const count = groups.reduce((sum, group) => sum + group.tools.length, 0);
  const search = (
    <>
      <TextInput
        type="search"
        label={t("search")}
        value={q}
        onChange={({ currentTarget: { value } }) => {
          setQ(value);
          void navigate({
            search: (old) => ({ ...old, q: value || undefined }),
            replace: true,
            resetScroll: false,
          });
        }}
      />
      <Text className="visually-hidden" role="status">
        {t("shown", { count })}
      </Text>
      {count === 0 && <Text>{t("nothingFound")}</Text>}
    </>
  );
  return (
    <ToolBrowser
      groups={groups}
      head={search}
      selected={tools.find(({ plugin, tool }) => `${plugin}/${tool}` === chosen)}
      onSelect={(tool) =>
        void navigate({
          search: (old) => ({ ...old, tool: tool === undefined ? undefined : `${tool.plugin}/${tool.tool}` }),
          resetScroll: false,
        })
      }
    />
  );
};

const NoTools = () => {
  const { t } = useTranslation("tools");
  const { org } = useOrganization();
  return (
    <Stack gap="sm" align="flex-start">
      <Text>{t("none")}</Text>
      <ButtonLink to="/o/$org/plugins" params={{ org }} variant="default">
        {t("toPlugins")}
      </ButtonLink>
    </Stack>
  );
};
