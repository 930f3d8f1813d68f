import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useCallback } from "react";
import { PluginDialog } from "../plugins/plugin-dialog.tsx";
import type { DialogSearch } from "./marketplace-search.ts";

export type OpenDialog = (dialog: Required<DialogSearch>) => void;

/** The dialog of the address, over any page of the marketplace, and how to open one. */
export const useMarketplaceDialog = ({
  dialog,
  plugin,
  version,
}: DialogSearch): { readonly open: OpenDialog; readonly shown: ReactNode } => {
  const navigate = useNavigate();
  const show = useCallback(
    (next: DialogSearch, replace: boolean) =>
      void navigate({ to: ".", search: (old: object) => ({ ...old, ...next }), replace, resetScroll: false }),
    [navigate],
  );
  const close = useCallback(
    () => show({ dialog: undefined, plugin: undefined, version: undefined }, true),
    [show],
  );
  return {
    open: useCallback((next) => show(next, false), [show]),
    shown:
      dialog === undefined ? null : (
        <PluginDialog kind={dialog} plugin={plugin} version={version} onClose={close} />
      ),
  };
};
