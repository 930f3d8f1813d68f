import type { UiApi } from "../api/ui.ts";
import { NotAvailableError } from "../errors.ts";
import { nothing, type TypedAsk } from "./ask.ts";

/** The theme of whoever looks, as it is known where the plugin runs. */
export type ThemeSource = Pick<UiApi, "getTheme" | "onThemeChange">;

/** Server code is looked at by nobody. */
export const NO_THEME: ThemeSource = {
  getTheme: async () => {
    throw new NotAvailableError("Nobody looks at server code: api.ui.getTheme works in views only.");
  },
  onThemeChange: () => () => undefined,
};

export const uiApi = (ask: TypedAsk, { theme }: { readonly theme: ThemeSource }): UiApi => ({
  showNotification: (notification) => nothing(ask("ui.showNotification", notification)),
  getTheme: theme.getTheme,
  onThemeChange: theme.onThemeChange,
});
