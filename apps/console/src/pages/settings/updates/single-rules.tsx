import { ActionIcon, Group, NativeSelect, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { pluginsQuery } from "../../../api/queries.ts";
import { IconTrash } from "../../../components/icons.tsx";
import { useOrganization } from "../../../session/organization.ts";
import type { UpdatePartProps } from "./update-rules.tsx";
import { STRATEGIES, type Strategy, type UpdateRules } from "./updates-draft.ts";

type Own = UpdateRules["plugins"][string];

/** What is other for single plugins: another strategy, a pin. */
export const SingleRules = ({ rules: { plugins }, disabled, onChange }: UpdatePartProps) => {
  const { t } = useTranslation("updates");
  const { org } = useOrganization();
  const { data: installed = [] } = useQuery(pluginsQuery(org));
  const change = (id: string, own: Own) => onChange({ plugins: { ...plugins, [id]: own } });
  const free = installed.filter(
    ({ plugin, source }) => source !== "builtin" && plugins[plugin] === undefined,
  );
  return (
    <Stack gap="sm">
      <Title order={3}>{t("single.title")}</Title>
      {Object.keys(plugins).length === 0 && <Text size="sm">{t("single.none")}</Text>}
      {Object.entries(plugins).map(([id, own]) => (
        <SingleRule
          key={id}
          id={id}
          own={own}
          disabled={disabled}
          onChange={(next) => change(id, next)}
          onRemove={() => {
            const { [id]: _removed, ...rest } = plugins;
            onChange({ plugins: rest });
          }}
        />
      ))}
      {!disabled && free.length > 0 && (
        <Select
          label={t("single.add")}
          placeholder={t("single.choose")}
          searchable
          maw={360}
          value={null}
          onChange={(id) => id !== null && change(id, {})}
          data={free.map(({ plugin, name }) => ({ value: plugin, label: `${name} (${plugin})` }))}
        />
      )}
    </Stack>
  );
};

interface SingleRuleProps {
  readonly id: string;
  readonly own: Own;
  readonly disabled: boolean;
  readonly onChange: (own: Own) => void;
  readonly onRemove: () => void;
}

const SingleRule = ({ id, own, disabled, onChange, onRemove }: SingleRuleProps) => {
  const { t } = useTranslation("updates");
  return (
    <Group align="flex-end" gap="sm">
      <Text fw={600} w={180} style={{ overflowWrap: "anywhere" }}>
        {id}
      </Text>
      <NativeSelect
        aria-label={t("single.strategyOf", { plugin: id })}
        disabled={disabled}
        value={own.strategy ?? ""}
        onChange={({ currentTarget: { value } }) => {
          const { strategy: _strategy, ...rest } = own;
          onChange(value === "" ? rest : { ...rest, strategy: value as Strategy });
        }}
        data={[
          { value: "", label: t("single.asAll") },
          ...STRATEGIES.map((value) => ({ value, label: t(`rules.${value}`) })),
        ]}
      />
      <TextInput
        aria-label={t("single.pinOf", { plugin: id })}
        placeholder={t("single.pin")}
        title={t("single.pinHelp")}
        disabled={disabled}
        value={own.pin ?? ""}
        onChange={({ currentTarget }) => onChange({ ...own, pin: currentTarget.value })}
        w={140}
      />
      {!disabled && (
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t("single.remove", { plugin: id })}
          onClick={onRemove}
        >
          <IconTrash size={18} aria-hidden />
        </ActionIcon>
      )}
    </Group>
  );
};
