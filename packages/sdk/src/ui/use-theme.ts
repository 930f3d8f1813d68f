import { useCallback, useSyncExternalStore } from "react";
import type { Theme } from "../api/ui.ts";
import { useViewContext } from "./context.ts";

/**
 * The console's theme: `mode` and `colors` by token, new whenever the person changes it. In CSS the same colours are the
 * variables `--pb-background`, `--pb-text` and so on, which need no hook.
 */
export const useTheme = (): Theme => {
  const { props, theme } = useViewContext();
  const subscribe = useCallback((changed: () => void) => props.api.ui.onThemeChange(changed), [props]);
  return useSyncExternalStore(subscribe, theme, theme);
};
