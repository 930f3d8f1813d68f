import { Group, Kbd, NativeSelect, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { CATEGORIES, type Category, type PluginsSearch, SORTS, type Sort } from "./plugins-search.ts";

/** Time after the last keystroke until the address, and with it the list, follows, in milliseconds. */
const TYPING_MS = 120;

export interface PluginFiltersProps {
  readonly search: PluginsSearch;
  readonly onChange: (change: Partial<PluginsSearch>) => void;
}

/** Search, category and order. `/` leads here. */
export const PluginFilters = ({ search, onChange }: PluginFiltersProps) => {
  const { t } = useTranslation(["plugins", "common"]);
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useTypedText(search.q ?? "", (q) => onChange({ q: q === "" ? undefined : q }));
  useSlashKey(() => input.current?.focus());
  return (
    <Group gap="xs" role="search" aria-label={t("filter.label")} align="flex-end">
      <TextInput
        ref={input}
        type="search"
        flex="4 1 220px"
        aria-label={t("filter.search")}
        aria-keyshortcuts="/"
        placeholder={t("filter.search")}
        leftSection={<IconSearch size={16} aria-hidden />}
        rightSection={typed === "" ? <Kbd aria-hidden>/</Kbd> : undefined}
        value={typed}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      />
      <NativeSelect
        flex="1 1 140px"
        aria-label={t("filter.category")}
        value={search.category ?? ""}
        onChange={({ currentTarget }) =>
          onChange({ category: currentTarget.value === "" ? undefined : (currentTarget.value as Category) })
        }
        data={[
          { value: "", label: t("filter.everyCategory") },
          ...CATEGORIES.map((value) => ({ value, label: t(`common:category.${value}`) })),
        ]}
      />
      <NativeSelect
        flex="1 1 140px"
        aria-label={t("filter.sort")}
        value={search.sort ?? "name"}
        onChange={({ currentTarget }) =>
          onChange({ sort: currentTarget.value === "name" ? undefined : (currentTarget.value as Sort) })
        }
        data={SORTS.map((value) => ({ value, label: t(`sort.${value}`) }))}
      />
    </Group>
  );
};

/** Text that is typed here and told a little later, and that follows when it changes elsewhere, such as by the way back. */
const useTypedText = (told: string, tell: (text: string) => void) => {
  const [typed, setTyped] = useState(told);
  const lastTold = useRef(told);
  const latestTell = useRef(tell);
  latestTell.current = tell;
  useEffect(() => {
    if (told === lastTold.current) return;
    lastTold.current = told;
    setTyped(told);
  }, [told]);
  useEffect(() => {
    if (typed === lastTold.current) return;
    const timer = setTimeout(() => {
      lastTold.current = typed;
      latestTell.current(typed);
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return [typed, setTyped] as const;
};

const useSlashKey = (act: () => void): void => {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement | null;
      const isTyping = target?.closest("input, textarea, select, [contenteditable], [role=dialog]") !== null;
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping) return;
      event.preventDefault();
      latest.current();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
};
