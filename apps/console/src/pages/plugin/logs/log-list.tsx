import { Button } from "@mantine/core";
import type { LogLineDto } from "@patchbay/protocol";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconArrowDown } from "../../../components/icons.tsx";
import { LogLine } from "./log-line.tsx";
import styles from "./logs.module.css";

const LINE_PX = 22;
const OVERSCAN_LINES = 20;
/** Nearer to the end than this counts as being there, in pixels. */
const END_PX = 24;

/** Lines in a box that keeps the newest in sight until somebody scrolls up. Draws only what is in sight. */
export const LogList = ({ lines }: { lines: readonly LogLineDto[] }) => {
  const { t } = useTranslation("plugin");
  const box = useRef<HTMLElement>(null);
  const [isFollowing, setIsFollowing] = useState(true);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => LINE_PX,
    overscan: OVERSCAN_LINES,
    getItemKey: (index) => lines[index]?.id ?? index,
  });
  const total = rows.getTotalSize();
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever the list has grown, its end is shown
  useLayoutEffect(() => {
    const element = box.current;
    if (isFollowing && element !== null) element.scrollTop = element.scrollHeight;
  }, [isFollowing, total, lines]);
  const onScroll = useFollowing(setIsFollowing);
  const toggle = useCallback(
    (id: string) => setOpen((old) => (old.has(id) ? old.difference(new Set([id])) : new Set([...old, id]))),
    [],
  );
  return (
    <div className={styles.frame}>
      <section
        ref={box}
        className={styles.box}
        onScroll={onScroll}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: lines are scrolled by keyboard as well
        tabIndex={0}
        aria-label={t("logs.lines")}
      >
        <ol className={styles.lines} style={{ height: total }}>
          {rows.getVirtualItems().map((row) => {
            const line = lines[row.index];
            return line === undefined ? null : (
              <li
                key={row.key}
                ref={rows.measureElement}
                data-index={row.index}
                className={styles.line}
                style={{ transform: `translateY(${row.start}px)` }}
                aria-setsize={lines.length}
                aria-posinset={row.index + 1}
              >
                <LogLine line={line} isOpen={open.has(line.id)} onToggle={toggle} />
              </li>
            );
          })}
        </ol>
      </section>
      {!isFollowing && (
        <Button
          className={styles.toEnd}
          size="xs"
          leftSection={<IconArrowDown size={14} aria-hidden />}
          onClick={() => setIsFollowing(true)}
        >
          {t("logs.toNewest")}
        </Button>
      )}
    </div>
  );
};

/** Whoever scrolls up wants to read; whoever comes back to the end wants to follow. */
const useFollowing = (setIsFollowing: (isFollowing: boolean) => void) => {
  const before = useRef({ top: 0, height: 0 });
  return ({ currentTarget: { scrollTop, scrollHeight, clientHeight } }: React.UIEvent<HTMLElement>) => {
    const old = before.current;
    before.current = { top: scrollTop, height: scrollHeight };
    const isAtEnd = scrollHeight - scrollTop - clientHeight < END_PX;
    if (isAtEnd) setIsFollowing(true);
    // A list that has become shorter moves by itself.
    else if (scrollTop < old.top && scrollHeight >= old.height) setIsFollowing(false);
  };
};
