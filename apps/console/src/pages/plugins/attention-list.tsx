import { Anchor, Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import type { InstallationDto } from "@patchbay/protocol";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconAlertTriangle, IconCircleCheck } from "../../components/icons.tsx";
import { AnchorLink, ButtonLink } from "../../components/links.tsx";
import type { Attention } from "./attention.ts";
import type { CardActions } from "./card-actions.ts";
import { usePluginRetry } from "./plugin-steps.ts";
import { useAttention } from "./use-attention.ts";
import { useAttentionWords } from "./use-attention-words.ts";

/** More than these are unfolded on demand. */
const SHOWN_AT_FIRST = 5;

export interface AttentionListProps {
  readonly org: string;
  readonly mayChange: (plugin: InstallationDto) => boolean;
  readonly actions: Pick<CardActions, "open">;
}

/** What needs somebody, each with what to do next; or one line that all is well. */
export const AttentionList = ({ org, mayChange, actions }: AttentionListProps) => {
  const { t } = useTranslation("plugins");
  const heading = useId();
  const [isUnfolded, setIsUnfolded] = useState(false);
  const waiting = useAttention();
  if (waiting === undefined) return null;
  if (waiting.length === 0)
    return (
      <Group gap={6} role="status" wrap="nowrap">
        <IconCircleCheck size={18} color="var(--mantine-color-teal-6)" aria-hidden />
        <Text>{t("attention.none")}</Text>
      </Group>
    );
  const shown = isUnfolded ? waiting : waiting.slice(0, SHOWN_AT_FIRST);
  return (
    <Paper component="section" withBorder p="sm" aria-labelledby={heading}>
      <Stack gap="xs">
        <Title order={2} id={heading}>
          {t("attention.title")}
        </Title>
        <Stack component="ul" gap="xs" p={0} m={0} style={{ listStyle: "none" }}>
          {shown.map((attention) => (
            <AttentionItem
              key={JSON.stringify([attention.plugin.plugin, attention.reason])}
              org={org}
              attention={attention}
              mayChange={mayChange(attention.plugin)}
              actions={actions}
            />
          ))}
        </Stack>
        {waiting.length > shown.length && (
          <Anchor component="button" type="button" w="fit-content" onClick={() => setIsUnfolded(true)}>
            {t("attention.more", { count: waiting.length - shown.length })}
          </Anchor>
        )}
      </Stack>
    </Paper>
  );
};

interface AttentionItemProps extends Pick<AttentionListProps, "org" | "actions"> {
  readonly attention: Attention;
  readonly mayChange: boolean;
}

const MILD: ReadonlySet<string> = new Set(["degraded", "update_waits", "needs_settings", "last_change"]);

const AttentionItem = ({ org, attention, mayChange, actions }: AttentionItemProps) => {
  const { plugin, reason } = attention;
  const words = useAttentionWords();
  const color = MILD.has(reason.kind) ? "var(--mantine-color-orange-6)" : "var(--mantine-color-red-6)";
  return (
    <Group component="li" wrap="nowrap" gap="sm" align="flex-start" justify="space-between">
      <Group wrap="nowrap" gap="xs" align="flex-start" miw={0}>
        <IconAlertTriangle size={18} aria-hidden color={color} style={{ flex: "none", marginTop: 1 }} />
        <div style={{ minWidth: 0 }}>
          <AnchorLink
            to="/o/$org/plugins/$plugin"
            params={{ org, plugin: plugin.plugin }}
            fw={600}
            c="inherit"
          >
            {plugin.name}
          </AnchorLink>
          <Text size="sm" lineClamp={2} style={{ overflowWrap: "anywhere" }}>
            {words(attention)}
          </Text>
        </div>
      </Group>
      <NextStep org={org} attention={attention} mayChange={mayChange} actions={actions} />
    </Group>
  );
};

/** The one thing to do about it. */
const NextStep = ({ org, attention: { plugin, reason }, mayChange, actions }: AttentionItemProps) => {
  const { t } = useTranslation("plugins");
  const retry = usePluginRetry();
  const { name, update } = plugin;
  const shared = { size: "xs", variant: "default", flex: "none" } as const;
  const updates = ["blocked", "advisory", "update_waits"].includes(reason.kind) && update !== undefined;
  if (!mayChange) return <Look org={org} plugin={plugin.plugin} />;
  if (reason.kind === "failed")
    return (
      <Button
        {...shared}
        loading={retry.isPending}
        onClick={() => retry.mutate(plugin)}
        aria-label={t("attention.retryOne", { name })}
      >
        {t("attention.retry")}
      </Button>
    );
  if (reason.kind === "needs_settings")
    return (
      <Button
        {...shared}
        onClick={() => actions.open("settings", plugin.plugin)}
        aria-label={t("card.settings", { name })}
      >
        {t("attention.openSettings")}
      </Button>
    );
  if (updates)
    return (
      <Button
        {...shared}
        onClick={() => actions.open("update", plugin.plugin)}
        aria-label={
          reason.kind === "update_waits"
            ? t("attention.reviewOne", { name })
            : t("card.updateTo", { name, version: update.version })
        }
      >
        {reason.kind === "update_waits"
          ? t("attention.review")
          : t("card.update", { version: update.version })}
      </Button>
    );
  return <Look org={org} plugin={plugin.plugin} />;
};

const Look = ({ org, plugin }: { org: string; plugin: string }) => {
  const { t } = useTranslation("plugins");
  return (
    <ButtonLink to="/o/$org/plugins/$plugin" params={{ org, plugin }} size="xs" variant="default" flex="none">
      {t("attention.look")}
    </ButtonLink>
  );
};
