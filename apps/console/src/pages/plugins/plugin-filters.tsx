import { Group, NativeSelect } from "@mantine/core";
import { PLUGIN_CATEGORIES, type PluginCategory } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { SearchField } from "../../components/search-field.tsx";
import { type PluginsSearch, SORTS, type Sort } from "./plugins-search.ts";

/** Time after the last keystroke until the address, and with it the list, follows, in milliseconds. */
const TYPING_MS = 120;

export interface PluginFiltersProps {
  readonly search: PluginsSearch;
  readonly onChange: (change: Partial<PluginsSearch>) => void;
}

/** Search, category and order. */
export const PluginFilters = ({ search, onChange }: PluginFiltersProps) => {
  const { t } = useTranslation(["plugins", "common"]);
  const tell = (q: string) => onChange({ q: q === "" ? undefined : q });
  return (
    <Group gap="xs" role="search" aria-label={t("filter.label")} align="flex-end">
      <SearchField label={t("filter.search")} text={search.q ?? ""} onText={tell} delayMs={TYPING_MS} />
      <NativeSelect
        flex="1 1 140px"
        aria-label={t("filter.category")}
        value={search.category ?? ""}
        onChange={({ currentTarget }) =>
          onChange({
            category: currentTarget.value === "" ? undefined : (currentTarget.value as PluginCategory),
          })
        }
        data={[
          { value: "", label: t("filter.everyCategory") },
          ...PLUGIN_CATEGORIES.map((value) => ({ value, label: t(`common:category.${value}`) })),
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
