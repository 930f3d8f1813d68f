import { Checkbox, Stack, Text, TextInput } from "@mantine/core";
import { MAX_TOOLSET_TOOLS, type ToolDto } from "@patchbay/protocol";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { pluginsQuery, toolsQuery } from "../../api/queries.ts";
import { useOrganization } from "../../session/organization.ts";
import { groupTools } from "../tools/group-tools.ts";
import styles from "./tool-picker.module.css";
import { type ChosenTool, collisionsOf, keyOf } from "./toolset-values.ts";

export interface ToolPickerProps {
  readonly chosen: readonly ChosenTool[];
  readonly onChange: (chosen: readonly ChosenTool[]) => void;
}

/** Chooses among all tools. One that has another's name gets a name of its own. */
export const ToolPicker = ({ chosen, onChange }: ToolPickerProps) => {
  const { t } = useTranslation("connect");
  const { org } = useOrganization();
  const { data: tools = [] } = useQuery(toolsQuery(org, undefined));
  const { data: plugins } = useQuery(pluginsQuery(org));
  const [q, setQ] = useState("");
  const all = useMemo(() => withGone(tools, chosen), [tools, chosen]);
  const groups = useMemo(() => {
    const names = new Map(plugins?.map(({ plugin, name }) => [plugin, name]));
    return groupTools(all, q, (plugin) => names.get(plugin) ?? plugin);
  }, [all, plugins, q]);
  const byKey = new Map(chosen.map((one) => [keyOf(one), one]));
  const twice = collisionsOf(chosen);
  const toggle = (tool: ToolDto): void => {
    const isChosen = byKey.has(keyOf(tool));
    onChange(
      isChosen
        ? chosen.filter((one) => keyOf(one) !== keyOf(tool))
        : [...chosen, { plugin: tool.plugin, tool: tool.tool }],
    );
  };
  const rename = (key: string, name: string): void =>
    onChange(chosen.map((one) => (keyOf(one) === key ? { ...one, name } : one)));
  return (
    <Stack gap="xs" role="group" aria-label={t("field.tools")}>
      <TextInput
        type="search"
        label={t("field.tools")}
        description={t("field.toolsHelp", { most: MAX_TOOLSET_TOOLS })}
        placeholder={t("field.search")}
        value={q}
        onChange={({ currentTarget }) => setQ(currentTarget.value)}
      />
      <Text size="sm" role="status">
        {t("field.chosen", { count: chosen.length })}
      </Text>
      <div className={styles.list}>
        {groups.map((group) => (
          <Stack key={group.key} gap={6} role="group" aria-label={group.title}>
            <Text fw={600} size="sm">
              {group.title}
            </Text>
            {group.tools.map((tool) => {
              const one = byKey.get(keyOf(tool));
              const name = one?.name ?? tool.tool;
              return (
                <Stack key={keyOf(tool)} gap={4}>
                  <Checkbox
                    label={tool.title ?? tool.tool}
                    description={tool.description}
                    checked={one !== undefined}
                    disabled={one === undefined && chosen.length >= MAX_TOOLSET_TOOLS}
                    onChange={() => toggle(tool)}
                  />
                  {one !== undefined && (one.name !== undefined || twice.has(name)) && (
                    <TextInput
                      ml={32}
                      size="xs"
                      label={t("field.name", { tool: tool.title ?? tool.tool })}
                      value={name}
                      maxLength={64}
                      error={twice.has(name) ? t("field.twice") : undefined}
                      onChange={({ currentTarget }) => rename(keyOf(tool), currentTarget.value)}
                    />
                  )}
                </Stack>
              );
            })}
          </Stack>
        ))}
        {groups.length === 0 && <Text size="sm">{t("field.nothing")}</Text>}
      </div>
    </Stack>
  );
};

/** All tools, and those that were chosen once and are not there now: they can be left out. */
const withGone = (tools: readonly ToolDto[], chosen: readonly ChosenTool[]): readonly ToolDto[] => {
  const known = new Set(tools.map(keyOf));
  const gone = chosen.filter((one) => !known.has(keyOf(one)));
  return [
    ...tools,
    ...gone.map(({ plugin, tool }) => ({
      plugin,
      tool,
      description: "",
      scope: { projects: "all" as const },
    })),
  ];
};
