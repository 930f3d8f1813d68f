import { Group, Kbd, NativeSelect, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { useSlashKey } from "../../components/slash-key.ts";
import { useTypedText } from "../../components/typed-text.ts";
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
  const tell = (q: string) => onChange({ q: q === "" ? undefined : q });
  const [typed, setTyped] = useTypedText(search.q ?? "", tell, TYPING_MS);
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
