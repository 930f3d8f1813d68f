import { Button, NavLink, Stack, Title } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import type { ToolDto } from "@patchbay/protocol";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { IconArrowLeft, IconChevronRight } from "../icons.tsx";
import styles from "./try-tool.module.css";
import { TryTool } from "./try-tool.tsx";

export interface ToolGroup {
  readonly key: string;
  /** Absent where all tools are of one kind. */
  readonly title?: string;
  readonly tools: readonly ToolDto[];
}

export interface ToolBrowserProps {
  readonly groups: readonly ToolGroup[];
  /** The chosen tool; where there is room for both, the first one unless told. */
  readonly selected: ToolDto | undefined;
  readonly onSelect: (tool: ToolDto | undefined) => void;
  /** Above the list, such as a search. */
  readonly head?: ReactNode;
}

/** Tools in a list, and the chosen one beside it to be tried. A phone shows one of the two at a time. */
export const ToolBrowser = ({ groups, selected, onSelect, head }: ToolBrowserProps) => {
  const { t } = useTranslation("tools");
  const isPhone = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  const all = groups.flatMap(({ tools }) => tools);
  const isSingle = all.length === 1 && head === undefined;
  const shown = selected ?? (isPhone && !isSingle ? undefined : all[0]);
  const showsList = !isSingle && !(isPhone && shown !== undefined);
  return (
    <div className={styles.browser} data-list={showsList}>
      {showsList && (
        <Stack component="nav" gap="sm" aria-label={t("list")} miw={0}>
          {head}
          {groups.map((group) => (
            <Group key={group.key} group={group} shown={shown} onSelect={onSelect} />
          ))}
        </Stack>
      )}
      {shown !== undefined && (
        <Stack gap="sm" miw={0}>
          {isPhone && !isSingle && (
            <Button
              variant="subtle"
              size="compact-sm"
              w="fit-content"
              leftSection={<IconArrowLeft size={16} aria-hidden />}
              onClick={() => onSelect(undefined)}
            >
              {t("back")}
            </Button>
          )}
          <TryTool key={`${shown.plugin}/${shown.tool}`} tool={shown} />
        </Stack>
      )}
    </div>
  );
};

interface GroupProps {
  readonly group: ToolGroup;
  readonly shown: ToolDto | undefined;
  readonly onSelect: (tool: ToolDto) => void;
}

const Group = ({ group: { title, tools }, shown, onSelect }: GroupProps) => (
  <div>
    {title !== undefined && (
      <Title order={2} size="h3" px="sm" mb={4}>
        {title}
      </Title>
    )}
    <ul className={styles.tools}>
      {tools.map((tool) => {
        const isShown = tool.plugin === shown?.plugin && tool.tool === shown.tool;
        return (
          <li key={tool.tool}>
            <NavLink
              component="button"
              type="button"
              active={isShown}
              aria-current={isShown}
              label={tool.title ?? tool.tool}
              rightSection={<IconChevronRight size={14} aria-hidden />}
              onClick={() => onSelect(tool)}
            />
          </li>
        );
      })}
    </ul>
  </div>
);
