import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { type InstallationDto, isErrorCode, PatchbayError } from "@patchbay/protocol";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../components/formats.ts";
import { IconAlertTriangle } from "../../components/icons.tsx";
import { ButtonLink } from "../../components/links.tsx";
import { ProblemDetails } from "../../components/problem-alert.tsx";
import { problemWords } from "../../components/problem-words.ts";
import { useOrganization } from "../../session/organization.ts";
import { usePluginRetry } from "../plugins/plugin-steps.ts";
import { usePluginRights } from "../plugins/rights.ts";
import type { PluginDialogKind } from "./plugin-search.ts";

/** What hindered it, in its own words where it has some, and where to look next. */
export const LastError = ({ installation }: { installation: InstallationDto }) => {
  const { t } = useTranslation("plugin");
  const { t: problem } = useTranslation("problems");
  const { org } = useOrganization();
  const { mayChange, mayDebug } = usePluginRights();
  const formats = useFormats();
  const retry = usePluginRetry();
  const { plugin, state, version, lastError } = installation;
  const isAllowed = mayChange(installation);
  if (lastError === undefined) return null;
  const code = isErrorCode(lastError.code) ? lastError.code : "plugin_failed";
  const words = problemWords(problem, new PatchbayError(code, lastError.message));
  return (
    <Alert
      color="red"
      role="alert"
      icon={<IconAlertTriangle aria-hidden />}
      title={t(state === "enabled" ? "overview.lastChange" : "overview.lastError")}
    >
      <Stack gap="xs">
        <Text>{words.text}</Text>
        <Text style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}>{lastError.message}</Text>
        {state === "blocked" && (
          <Text>{t(isAllowed ? "overview.blockedHelp" : "overview.blockedMayNot")}</Text>
        )}
        {state === "enabled" && <Text>{t("overview.stillRuns", { version })}</Text>}
        <Text size="xs">
          <time dateTime={lastError.at} title={formats.dateTime(lastError.at)}>
            {formats.ago(lastError.at)}
          </time>
        </Text>
        <ProblemDetails code={lastError.code} />
        <Group gap="xs">
          {state === "blocked" && isAllowed && <WaysOut installation={installation} />}
          {mayDebug(installation) && (
            <ButtonLink
              to="/o/$org/plugins/$plugin/logs"
              params={{ org, plugin }}
              search={{ level: "warn" }}
              variant="default"
              size="xs"
            >
              {t("overview.toLogs")}
            </ButtonLink>
          )}
          <ButtonLink
            to="/o/$org/plugins/$plugin/history"
            params={{ org, plugin }}
            variant="default"
            size="xs"
          >
            {t("overview.toHistory")}
          </ButtonLink>
          {state === "error" && isAllowed && (
            <Button size="xs" loading={retry.isPending} onClick={() => retry.mutate(installation)}>
              {t("overview.retry")}
            </Button>
          )}
        </Group>
      </Stack>
    </Alert>
  );
};

/** What can be done about a version that must not run. */
const WaysOut = ({ installation: { update } }: { installation: InstallationDto }) => {
  const { t } = useTranslation("plugins");
  const navigate = useNavigate();
  const open = (dialog: PluginDialogKind) =>
    void navigate({ to: ".", search: (old) => ({ ...old, dialog }), resetScroll: false });
  return (
    <>
      <Button size="xs" onClick={() => open("update")}>
        {update === undefined ? t("menu.otherVersion") : t("menu.update", { version: update.version })}
      </Button>
      <Button size="xs" variant="default" onClick={() => open("uninstall")}>
        {t("menu.uninstall")}
      </Button>
    </>
  );
};
