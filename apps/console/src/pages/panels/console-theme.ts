import { useComputedColorScheme } from "@mantine/core";
import type { FrameTheme } from "@patchbay/protocol";
import { useMemo } from "react";
import { usePluginTheme } from "../../theme/plugin-theme.ts";
import { tokensOf } from "../../theme/tokens.ts";

/** The console's colours, as views of plugins are told them. */
export const useConsoleTheme = (): FrameTheme => {
  const mode = useComputedColorScheme("light", { getInitialValueInEffect: false });
  const theme = usePluginTheme();
  return useMemo(() => ({ mode, colors: tokensOf(mode, theme) }), [mode, theme]);
};
