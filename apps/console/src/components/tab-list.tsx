import { Tabs } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";

export interface TabListProps {
  readonly label: string;
  /** The chosen tab. */
  readonly tab: string | undefined;
  readonly children: ReactNode;
}

/** Tabs in one line, which is scrolled where they do not fit: the chosen one is brought into sight. */
export const TabList = ({ label, tab, children }: TabListProps) => {
  const list = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: when another is chosen, that comes into sight
  useEffect(() => {
    list.current
      ?.querySelector('[aria-selected="true"]')
      ?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [tab]);
  return (
    <Tabs.List
      ref={list}
      mb="md"
      aria-label={label}
      style={{ flexWrap: "nowrap", overflowX: "auto", overflowY: "hidden" }}
    >
      {children}
    </Tabs.List>
  );
};
