import type { ThemeDto } from "@patchbay/protocol";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { themesQuery } from "../api/queries.ts";

const STORAGE_KEY = "patchbay-theme";

export const themeKey = ({ plugin, name }: Pick<ThemeDto, "plugin" | "name">): string => `${plugin}/${name}`;

let current: ThemeDto | null = null;
const listeners = new Set<() => void>();

const set = (theme: ThemeDto | null): void => {
  if (JSON.stringify(theme) === JSON.stringify(current)) return;
  current = theme;
  for (const listener of listeners) listener();
};

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** The plugin's theme that colours the console, or null. */
export const usePluginTheme = (): ThemeDto | null => useSyncExternalStore(subscribe, () => current);

export const choosePluginTheme = (theme: ThemeDto | null): void => {
  if (theme === null) localStorage.removeItem(STORAGE_KEY);
  else localStorage.setItem(STORAGE_KEY, themeKey(theme));
  set(theme);
};

/** Puts on the theme that the person chose, as long as the organization has it. */
export const useChosenTheme = (org: string): void => {
  const { data: themes } = useQuery(themesQuery(org));
  useEffect(() => {
    if (themes === undefined) return;
    const chosen = localStorage.getItem(STORAGE_KEY);
    set(themes.find((theme) => themeKey(theme) === chosen) ?? null);
  }, [themes]);
};
