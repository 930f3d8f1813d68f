import { Group, Text, Title } from "@mantine/core";
import type { InstallationDto } from "@patchbay/protocol";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useId, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../components/formats.ts";
import type { CardActions } from "./card-actions.ts";
import styles from "./plugin-card.module.css";
import { CARD_PX, PluginCard } from "./plugin-card.tsx";

/** A card narrower than this, in pixels, cannot hold its controls and a name. */
const MIN_CARD_PX = 320;
const GAP_PX = 12;
/** Rows drawn beyond the visible ones, so that scrolling and tabbing meet no gap. */
const OVERSCAN_ROWS = 4;

export interface CardSectionProps {
  readonly org: string;
  readonly title: string;
  /** What holds for all of them. */
  readonly note?: string;
  readonly plugins: readonly InstallationDto[];
  readonly selected: ReadonlySet<string>;
  readonly mayChange: (plugin: InstallationDto) => boolean;
  readonly actions: CardActions;
}

/** Plugins under a heading, as cards in columns. Draws only the rows that are in sight. */
export const CardSection = ({
  org,
  title,
  note,
  plugins,
  selected,
  mayChange,
  actions,
}: CardSectionProps) => {
  const { t } = useTranslation("plugins");
  const heading = useId();
  const formats = useFormats();
  const list = useRef<HTMLUListElement>(null);
  const { top, columns } = usePlace(list);
  const rows = useWindowVirtualizer({
    count: Math.ceil(plugins.length / columns),
    estimateSize: () => CARD_PX + GAP_PX,
    overscan: OVERSCAN_ROWS,
    scrollMargin: top,
  });
  return (
    <section aria-labelledby={heading}>
      <Group gap="xs" mb="xs">
        <Title order={2} id={heading}>
          {title}
        </Title>
        <Text c="dimmed">{formats.number(plugins.length)}</Text>
      </Group>
      {note !== undefined && (
        <Text size="sm" c="dimmed" mb="xs">
          {note}
        </Text>
      )}
      {plugins.length === 0 && <Text c="dimmed">{t("sectionEmpty")}</Text>}
      <ul ref={list} className={styles.list} style={{ height: rows.getTotalSize(), marginRight: -GAP_PX }}>
        {rows.getVirtualItems().flatMap((row) =>
          plugins.slice(row.index * columns, (row.index + 1) * columns).map((plugin, column) => (
            <li
              key={plugin.plugin}
              className={styles.cell}
              aria-setsize={plugins.length}
              aria-posinset={row.index * columns + column + 1}
              style={{
                top: row.start - top,
                left: `${(column * 100) / columns}%`,
                width: `${100 / columns}%`,
                height: CARD_PX + GAP_PX,
              }}
            >
              <PluginCard
                org={org}
                plugin={plugin}
                mayChange={mayChange(plugin)}
                isSelected={selected.has(plugin.plugin)}
                actions={actions}
              />
            </li>
          )),
        )}
      </ul>
    </section>
  );
};

/** How far below the top of the page the list begins, in pixels, and how many columns fit. Both follow the page's layout. */
const usePlace = (list: React.RefObject<HTMLElement | null>) => {
  const [place, setPlace] = useState({ top: 0, columns: 1 });
  useLayoutEffect(() => {
    const measure = () => {
      if (list.current === null) return;
      const box = list.current.getBoundingClientRect();
      const top = Math.round(box.top + window.scrollY);
      const columns = Math.max(1, Math.floor(box.width / (MIN_CARD_PX + GAP_PX)));
      setPlace((old) => (old.top === top && old.columns === columns ? old : { top, columns }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [list]);
  return place;
};
