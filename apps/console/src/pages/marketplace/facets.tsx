import { Text, UnstyledButton } from "@mantine/core";
import type { MarketplaceSearchDto } from "@patchbay/protocol";
import { PLUGIN_CATEGORIES, REGISTRY_BADGES } from "@patchbay/protocol";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../components/formats.ts";
import styles from "./marketplace.module.css";
import type { MarketplaceSearch } from "./marketplace-search.ts";

export interface FacetsProps {
  readonly search: MarketplaceSearch;
  /** How many of what is found are of which kind; undefined while that is not known. */
  readonly facets: MarketplaceSearchDto["facets"] | undefined;
  readonly onChange: (part: Partial<MarketplaceSearch>) => void;
}

/** Narrows what is found by category and badge, and says how much there is of each. */
export const Facets = ({ search: { category, badge }, facets, onChange }: FacetsProps) => {
  const { t } = useTranslation(["marketplace", "common"]);
  return (
    <div className={styles.facets}>
      <Facet
        title={t("category")}
        options={PLUGIN_CATEGORIES.map((value) => ({ value, label: t(`common:category.${value}`) }))}
        counts={facets?.category}
        chosen={category}
        onChoose={(next) => onChange({ category: next })}
      />
      <Facet
        title={t("badge")}
        options={REGISTRY_BADGES.map((value) => ({ value, label: t(`common:badge.${value}`) }))}
        counts={facets?.badge}
        chosen={badge}
        onChoose={(next) => onChange({ badge: next })}
      />
    </div>
  );
};

interface FacetProps<T extends string> {
  readonly title: string;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly counts: Readonly<Record<string, number>> | undefined;
  readonly chosen: T | undefined;
  readonly onChoose: (value: T | undefined) => void;
}

const Facet = <T extends string>({ title, options, counts, chosen, onChoose }: FacetProps<T>) => {
  const formats = useFormats();
  const heading = useId();
  return (
    // biome-ignore lint/a11y/useSemanticElements: buttons are no fields
    <div className={styles.facet} role="group" aria-labelledby={heading}>
      <Text id={heading} size="xs" c="dimmed" fw={600} mb={4}>
        {title}
      </Text>
      <div className={styles.options}>
        {options.map(({ value, label }) => (
          <UnstyledButton
            key={value}
            className={styles.option}
            aria-pressed={chosen === value}
            onClick={() => onChoose(chosen === value ? undefined : value)}
          >
            <span>{label}</span>
            <span className={styles.count}>
              {counts === undefined ? "" : formats.number(counts[value] ?? 0)}
            </span>
          </UnstyledButton>
        ))}
      </div>
    </div>
  );
};
