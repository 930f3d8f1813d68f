import type { FrameHostMessage } from "@patchbay/protocol";
import { type UiPluginApi, type ViewContext, type ViewProps, ViewProvider } from "@patchbay/sdk/ui";
import { type ComponentType, createElement, type ReactNode, useEffect } from "react";
import { createRoot, type Root } from "react-dom/client";
import { FaultBoundary } from "./fault-boundary.ts";
import type { Faults } from "./faults.ts";
import type { FrameColors } from "./theme.ts";

/** What a user-interface bundle exports. */
interface UiModule {
  readonly default?: unknown;
  readonly onActivate?: (api: UiPluginApi) => unknown;
  readonly onDeactivate?: () => unknown;
}

type Start = Extract<FrameHostMessage, { t: "start" }>;

export interface ViewParts {
  readonly start: Start;
  readonly api: UiPluginApi;
  readonly colors: FrameColors;
  readonly faults: Faults;
  /** The component is on the screen. */
  rendered(): void;
}

/** The plugin in this frame, from its bundle to its end. Every step that fails is told and ends there. */
export class PluginView {
  readonly #parts: ViewParts;
  #module: UiModule | undefined;
  #root: Root | undefined;

  constructor(parts: ViewParts) {
    this.#parts = parts;
  }

  async open(bundle: string): Promise<void> {
    const { api, faults } = this.#parts;
    try {
      this.#module = (await import(bundle)) as UiModule;
    } catch (error) {
      faults.tell("load", error);
      return;
    }
    try {
      await this.#module.onActivate?.(api);
    } catch (error) {
      faults.tell("activate", error);
      return;
    }
    this.#render(this.#module.default as ComponentType<ViewProps>);
  }

  async close(): Promise<void> {
    this.#root?.unmount();
    try {
      await this.#module?.onDeactivate?.();
    } catch (error) {
      this.#parts.faults.tell("deactivate", error);
    }
  }

  #render(View: ComponentType<ViewProps>): void {
    const { start, api, colors, faults, rendered } = this.#parts;
    const props: ViewProps = { api, pluginId: start.pluginId, manifest: start.manifest };
    const context: ViewContext = {
      props,
      view: { name: start.view, place: start.place, locale: start.locale },
      theme: () => colors.current,
    };
    const container = document.createElement("div");
    container.id = "root";
    document.body.append(container);
    this.#root = createRoot(container, { onUncaughtError: (error) => faults.tell("render", error) });
    this.#root.render(
      createElement(
        FaultBoundary,
        { failed: (error, stack) => faults.tell("render", error, stack) },
        createElement(
          ViewProvider,
          { context },
          createElement(Rendered, { rendered }, createElement(View, props)),
        ),
      ),
    );
  }
}

/** Effects run once the children are in the document. */
const Rendered = ({ rendered, children }: { rendered(): void; children?: ReactNode }): ReactNode => {
  useEffect(rendered, [rendered]);
  return children;
};
