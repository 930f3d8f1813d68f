import { createContext, createElement, type ReactNode, useContext } from "react";
import type { UiPluginApi } from "./ui-plugin-api.ts";
import type { ViewContext, ViewInfo } from "./view.ts";

const Context = createContext<ViewContext | null>(null);

/** Puts the hooks below it to work. The host has done this for a plugin's views. */
export const ViewProvider = ({
  context,
  children,
}: {
  readonly context: ViewContext;
  readonly children?: ReactNode;
}): ReactNode => createElement(Context, { value: context }, children);

/** What the view runs in. Throws outside a view. */
export const useViewContext = (): ViewContext => {
  const context = useContext(Context);
  if (context === null)
    throw new Error("This hook works inside a view only. In tests, render with createViewHarness.");
  return context;
};

/** The platform: the same object as the component's `api` property. */
export const useApi = (): UiPluginApi => useViewContext().props.api;

/** Which of the plugin's views is shown, where, and in which language. */
export const useView = (): ViewInfo => useViewContext().view;
