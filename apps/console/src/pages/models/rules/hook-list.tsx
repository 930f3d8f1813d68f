import { ActionIcon, Badge, Group, NativeSelect, Stack, Switch, Text, Title } from "@mantine/core";
import { HOOK_FAILURES, type HookFailure, type MessageHookDto } from "@patchbay/protocol";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { messageHooksQuery } from "../../../api/model-queries.ts";
import { IconArrowDown, IconArrowUp } from "../../../components/icons.tsx";
import { AnchorLink } from "../../../components/links.tsx";
import { PlainList } from "../../../components/plain-list.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { tellDone } from "../../../components/tell.ts";
import { useOrganization } from "../../../session/organization.ts";

/** What messages pass on their way to chat models, in that order. Each change holds at once. Nothing without any. */
export const HookList = () => {
  const { t } = useTranslation("models");
  const { org, may } = useOrganization();
  const heading = useId();
  const { data } = useSuspenseQuery(messageHooksQuery(org));
  const save = useSaveHooks(data.revision);
  const { hooks } = data;
  if (hooks.length === 0) return null;
  const disabled = !may("org.members.write") || save.isPending;
  const move = (place: number, by: -1 | 1): void => {
    const moved = [...hooks];
    moved.splice(place + by, 0, ...moved.splice(place, 1));
    save.mutate(moved);
  };
  return (
    <section aria-labelledby={heading}>
      <Stack gap="sm" maw={640}>
        <Title order={2} id={heading}>
          {t("hooks.title")}
        </Title>
        <Text>{t("hooks.text")}</Text>
        {save.error !== null && <ProblemAlert title={t("hooks.notSaved")} error={save.error} />}
        <PlainList>
          {hooks.map((hook, place) => (
            <li key={`${hook.plugin} ${hook.name}`}>
              <Hook
                hook={hook}
                disabled={disabled}
                onChange={(change) => save.mutate(hooks.with(place, { ...hook, ...change }))}
                onUp={place === 0 ? undefined : () => move(place, -1)}
                onDown={place === hooks.length - 1 ? undefined : () => move(place, 1)}
              />
            </li>
          ))}
        </PlainList>
      </Stack>
    </section>
  );
};

interface HookProps {
  readonly hook: MessageHookDto;
  readonly disabled: boolean;
  readonly onChange: (change: Partial<Pick<MessageHookDto, "on" | "onFailure">>) => void;
  /** Absent where there is nothing above, or below. */
  readonly onUp: (() => void) | undefined;
  readonly onDown: (() => void) | undefined;
}

const Hook = ({ hook, disabled, onChange, onUp, onDown }: HookProps) => {
  const { t } = useTranslation("models");
  const { org } = useOrganization();
  const { plugin, title = hook.name, description, on, onFailure, projects, state } = hook;
  const name = t("hooks.name", { title, plugin });
  const moves = [
    { label: t("hooks.up", { name }), move: onUp, Icon: IconArrowUp },
    { label: t("hooks.down", { name }), move: onDown, Icon: IconArrowDown },
  ];
  return (
    <Stack gap={4} py="xs" role="group" aria-label={name}>
      <Group gap="xs">
        <Text fw={600}>{title}</Text>
        <AnchorLink to="/o/$org/plugins/$plugin" params={{ org, plugin }} size="sm">
          {plugin}
        </AnchorLink>
        {state !== "runs" && (
          <Badge variant="light" color="orange" c="var(--mantine-color-text)" tt="none">
            {t(`hooks.state.${state}`)}
          </Badge>
        )}
      </Group>
      {description !== undefined && (
        <Text size="sm" c="dimmed">
          {description}
        </Text>
      )}
      {projects !== "all" && (
        <Text size="sm" c="dimmed">
          {t("hooks.projects", { projects: projects.join(", ") })}
        </Text>
      )}
      <Group gap="md" align="flex-end">
        <Switch
          label={t("hooks.on")}
          checked={on}
          disabled={disabled}
          onChange={({ currentTarget }) => onChange({ on: currentTarget.checked })}
        />
        <NativeSelect
          label={t("hooks.onFailure")}
          value={onFailure}
          disabled={disabled}
          onChange={({ currentTarget }) => onChange({ onFailure: currentTarget.value as HookFailure })}
          data={HOOK_FAILURES.map((value) => ({ value, label: t(`hooks.failure.${value}`) }))}
        />
        <Group gap={4}>
          {moves.map(({ label, move, Icon }) => (
            <ActionIcon
              key={label}
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={label}
              disabled={disabled || move === undefined}
              onClick={move}
            >
              <Icon size={18} aria-hidden />
            </ActionIcon>
          ))}
        </Group>
      </Group>
    </Stack>
  );
};

/** Sends all hooks in their order. What somebody else has changed meanwhile is read before the refusal is shown. */
const useSaveHooks = (seen: string | undefined) => {
  const { t } = useTranslation("models");
  const { org, client } = useOrganization();
  const queries = useQueryClient();
  const { queryKey } = messageHooksQuery(org);
  return useMutation({
    mutationFn: (hooks: readonly MessageHookDto[]) =>
      client.models.putHooks(
        { hooks: hooks.map(({ plugin, name, on, onFailure }) => ({ plugin, name, on, onFailure })) },
        seen,
      ),
    onSuccess: (answer) => {
      queries.setQueryData(queryKey, answer);
      tellDone(t("hooks.saved"));
    },
    onError: () => queries.invalidateQueries({ queryKey }),
  });
};
