import { Stack, Text } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { type InstallationDto, PatchbayError } from "@patchbay/protocol";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { pluginQuery } from "../../api/queries.ts";
import { ButtonLink } from "../../components/links.tsx";
import { Page } from "../../components/page.tsx";
import { PluginPending } from "../../components/plugin-pending.tsx";
import { PluginDialog } from "../plugins/plugin-dialog.tsx";
import { AttentionBanner } from "./attention-banner.tsx";
import { PluginHeader } from "./plugin-header.tsx";
import type { PluginSearch } from "./plugin-search.ts";
import { PluginTabs } from "./plugin-tabs.tsx";

const route = getRouteApi("/o/$org/plugins/$plugin");

/** Everything about one installed plugin. */
export const PluginPage = () => {
  const { org, plugin } = route.useParams();
  const found = useQuery(pluginQuery(org, plugin));
  const isGone = found.error instanceof PatchbayError && found.error.code === "plugin_not_installed";
  if (isGone) return <NotInstalled />;
  if (found.data !== undefined) return <Installed installation={found.data} />;
  return <PluginPending plugin={plugin} error={found.error} onRetry={() => void found.refetch()} />;
};

const Installed = ({ installation }: { installation: InstallationDto }) => {
  const { t } = useTranslation();
  const { dialog, version } = route.useSearch();
  const navigate = useNavigate();
  useDocumentTitle(`${installation.name} · ${t("product")}`);
  const show = (next: PluginSearch) =>
    void navigate({
      to: ".",
      search: (old: object) => ({ ...old, dialog: undefined, version: undefined, ...next }),
      resetScroll: false,
    });
  return (
    <Stack gap="md">
      <PluginHeader installation={installation} onDialog={(kind) => show({ dialog: kind })} />
      <AttentionBanner installation={installation} onDialog={(kind) => show({ dialog: kind })} />
      <PluginTabs installation={installation} />
      {dialog !== undefined && (
        <PluginDialog kind={dialog} plugin={installation.plugin} version={version} onClose={() => show({})} />
      )}
    </Stack>
  );
};

const NotInstalled = () => {
  const { t } = useTranslation(["plugins", "plugin"]);
  const { org, plugin } = route.useParams();
  return (
    <Page title={t("gone.title")}>
      <Stack gap="sm" align="flex-start">
        <Text>{t("gone.text", { plugin })}</Text>
        <ButtonLink to="/o/$org/plugins" params={{ org }} variant="default">
          {t("plugin:toPlugins")}
        </ButtonLink>
      </Stack>
    </Page>
  );
};
