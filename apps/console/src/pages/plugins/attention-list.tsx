import { Anchor, Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import type { InstallationDto } from "@patchbay/protocol";
import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { AnchorLink, ButtonLink } from "../../components/links.tsx";
import { attentionOf, needsAttention } from "./attention.ts";
import type { CardActions } from "./card-actions.ts";
import { usePluginRetry } from "./plugin-steps.ts";

/** More than these are unfolded on demand. */
const SHOWN_AT_FIRST = 5;

export interface AttentionListProps {
  readonly org: string;
  readonly plugins: readonly InstallationDto[];
  readonly mayChange: (plugin: InstallationDto) => boolean;
  readonly actions: Pick<CardActions, "open">;
}

/** What needs somebody, each with what to do next; or one line that all is well. */
export const AttentionList = ({ org, plugins, mayChange, actions }: AttentionListProps) => {
  const { t } = useTranslation("plugins");
  const heading = useId();
  const [isUnfolded, setIsUnfolded] = useState(false);
  const waiting = plugins.filter(needsAttention);
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
          {shown.map((plugin) => (
            <AttentionItem
              key={plugin.plugin}
              org={org}
              plugin={plugin}
              mayChange={mayChange(plugin)}
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
  readonly plugin: InstallationDto;
  readonly mayChange: boolean;
}

const AttentionItem = ({ org, plugin, mayChange, actions }: AttentionItemProps) => {
  const { t } = useTranslation("plugins");
  const retry = usePluginRetry();
  const params = { org, plugin: plugin.plugin };
  const isFailure = attentionOf(plugin) === "failed";
  const update = plugin.update;
  const isBlocked = plugin.state === "blocked";
  const words =
    isFailure || update === undefined
      ? (plugin.lastError?.message ?? t(isBlocked ? "attention.blocked" : "attention.failed"))
      : t("attention.update", { version: update.version, count: update.missing.length });
  return (
    <Group component="li" wrap="nowrap" gap="sm" align="flex-start" justify="space-between">
      <Group wrap="nowrap" gap="xs" align="flex-start" miw={0}>
        <IconAlertTriangle
          size={18}
          aria-hidden
          color={isFailure ? "var(--mantine-color-red-6)" : "var(--mantine-color-orange-6)"}
          style={{ flex: "none", marginTop: 1 }}
        />
        <div style={{ minWidth: 0 }}>
          <AnchorLink to="/o/$org/plugins/$plugin" params={params} fw={600} c="inherit">
            {plugin.name}
          </AnchorLink>
          <Text size="sm" lineClamp={2} style={{ overflowWrap: "anywhere" }}>
            {words}
          </Text>
        </div>
      </Group>
      {plugin.state === "error" && mayChange ? (
        <Button
          size="xs"
          variant="default"
          flex="none"
          loading={retry.isPending}
          onClick={() => retry.mutate(plugin)}
          aria-label={t("attention.retryOne", { name: plugin.name })}
        >
          {t("attention.retry")}
        </Button>
      ) : isBlocked && mayChange && update !== undefined ? (
        <Button
          size="xs"
          variant="default"
          flex="none"
          onClick={() => actions.open("update", plugin.plugin)}
          aria-label={t("card.updateTo", { name: plugin.name, version: update.version })}
        >
          {t("card.update", { version: update.version })}
        </Button>
      ) : isFailure || !mayChange ? (
        <ButtonLink to="/o/$org/plugins/$plugin" params={params} size="xs" variant="default" flex="none">
          {t("attention.look")}
        </ButtonLink>
      ) : (
        <Button
          size="xs"
          variant="default"
          flex="none"
          onClick={() => actions.open("update", plugin.plugin)}
          aria-label={t("attention.reviewOne", { name: plugin.name })}
        >
          {t("attention.review")}
        </Button>
      )}
    </Group>
  );
};
