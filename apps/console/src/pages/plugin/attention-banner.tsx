import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import type { InstallationDto } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { IconAlertTriangle } from "../../components/icons.tsx";
import { usePluginRights } from "../plugins/rights.ts";
import { useAttention } from "../plugins/use-attention.ts";
import { useAttentionWords } from "../plugins/use-attention-words.ts";
import type { PluginDialogKind } from "./plugin-search.ts";

/** What every tab has to say: a known weakness, settings that are missing, something needed that does not run. */
const SHOWN: ReadonlySet<string> = new Set(["advisory", "needs_settings", "dependency"]);

interface AttentionBannerProps {
  readonly installation: InstallationDto;
  readonly onDialog: (kind: PluginDialogKind) => void;
}

export const AttentionBanner = ({ installation, onDialog }: AttentionBannerProps) => {
  const { t } = useTranslation("plugins");
  const { mayChange } = usePluginRights();
  const words = useAttentionWords();
  const shown = (useAttention() ?? []).filter(
    ({ plugin, reason }) => plugin.plugin === installation.plugin && SHOWN.has(reason.kind),
  );
  if (shown.length === 0) return null;
  const isAllowed = mayChange(installation);
  const needsSettings = shown.some(({ reason }) => reason.kind === "needs_settings");
  const isWeak = shown.some(({ reason }) => reason.kind === "advisory");
  const { update } = installation;
  return (
    <Alert
      color={needsSettings && !isWeak ? "orange" : "red"}
      role="status"
      icon={<IconAlertTriangle aria-hidden />}
    >
      <Stack gap="xs">
        {shown.map((attention) => (
          <Text key={JSON.stringify(attention.reason)} style={{ overflowWrap: "anywhere" }}>
            {words(attention)}
          </Text>
        ))}
        {isAllowed && (
          <Group gap="xs">
            {isWeak && update !== undefined && (
              <Button size="xs" onClick={() => onDialog("update")}>
                {t("menu.update", { version: update.version })}
              </Button>
            )}
            {needsSettings && (
              <Button size="xs" variant="default" onClick={() => onDialog("settings")}>
                {t("attention.openSettings")}
              </Button>
            )}
          </Group>
        )}
      </Stack>
    </Alert>
  );
};
