import { MantineProvider } from "@mantine/core";
import { PatchbayClient } from "@patchbay/api-client";
import type { FrameTheme, NotificationParams, ViewDto } from "@patchbay/protocol";
import { type ReactNode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { hostCalls } from "../host-calls.ts";
import { PluginFrame } from "../plugin-frame.tsx";

/** For the browser tests: a console that consists of frames, one for each view that a test asks for. */
const client = new PatchbayClient({ url: location.origin, organization: "default" });

export interface FramePage {
  show(views: readonly { plugin: string; view: string; project?: string }[]): Promise<void>;
  setTheme(theme: FrameTheme): void;
  changeSettings(): void;
  readonly heard: {
    notifications: NotificationParams[];
    escapes: number;
    calls: string[];
    faults: unknown[];
  };
  /** The longest time in milliseconds during which this page did nothing, since the last call. */
  longestGap(): number;
}

interface Shown {
  readonly view: ViewDto;
  readonly project: string | undefined;
}

const heard: FramePage["heard"] = { notifications: [], escapes: 0, calls: [], faults: [] };
const words = { failed: (name: string) => `${name} is not available`, retry: "Retry" };
let tell: {
  show(views: readonly Shown[]): void;
  theme(theme: FrameTheme): void;
  settings(): void;
};

const LIGHT: FrameTheme = {
  mode: "light",
  colors: {
    background: "#ffffff",
    surface: "#f8f9fa",
    border: "#dee2e6",
    text: "#1a1b1e",
    mutedText: "#5c6066",
    accent: "#1c7ed6",
    accentText: "#ffffff",
    success: "#2b8a3e",
    warning: "#b35c00",
    danger: "#c92a2a",
  },
};
/** Pages have room; all other places have little. */
const SIZES = { page: { width: 1000, maxHeight: 800 }, other: { width: 600, maxHeight: 400 } };

const Page = (): ReactNode => {
  const [shown, setShown] = useState<readonly Shown[]>([]);
  const [theme, setTheme] = useState<FrameTheme>(LIGHT);
  const [settings, setSettings] = useState(0);
  const [clicks, setClicks] = useState(0);
  useEffect(() => {
    tell = { show: setShown, theme: setTheme, settings: () => setSettings((before) => before + 1) };
  }, []);
  return (
    <MantineProvider>
      <button type="button" id="alive" onClick={() => setClicks((before) => before + 1)}>
        {`clicked ${clicks}`}
      </button>
      {shown.map(({ view, project }) => (
        <div
          key={`${view.plugin} ${view.name}`}
          data-testid={`${view.plugin}/${view.name}`}
          style={{ width: sizeOf(view).width, overflow: "hidden" }}
        >
          <PluginFrame
            view={{ ...view, pluginId: view.plugin }}
            theme={theme}
            locale="en"
            maxHeight={sizeOf(view).maxHeight}
            {...(view.height === "page" && { height: `${sizeOf(view).maxHeight}px` })}
            settingsVersion={settings}
            words={words}
            call={(call) => {
              heard.calls.push(`${view.plugin} ${call.method}`);
              const notify = (notification: NotificationParams) =>
                void heard.notifications.push(notification);
              return hostCalls(client, {
                plugin: view.plugin,
                notify,
                ...(project !== undefined && { project }),
              })(call);
            }}
            escaped={() => {
              heard.escapes += 1;
            }}
            faulted={(fault) => {
              heard.faults.push({ plugin: view.plugin, ...fault });
              void client.views.reportFault(view.plugin, {
                version: view.version,
                view: view.name,
                ...fault,
              });
            }}
          />
        </div>
      ))}
    </MantineProvider>
  );
};

const sizeOf = ({ place }: ViewDto) => (place === "page" ? SIZES.page : SIZES.other);

let gap = 0;
let last = performance.now();
setInterval(() => {
  const now = performance.now();
  gap = Math.max(gap, now - last);
  last = now;
}, 5);

/** Told to the test without its driver, which gives a page up when one of its frames has crashed. */
const BEAT_MS = 250;
setInterval(() => {
  const frames = [...document.querySelectorAll<HTMLElement>("[data-frame]")];
  void fetch(`/test-beat?${frames.map(({ dataset }) => `${dataset.frame}=${dataset.state}`).join("&")}`);
}, BEAT_MS);

const page: FramePage = {
  async show(wanted) {
    const views = await client.views.list();
    tell.show(
      wanted.map(({ plugin, view: name, project }) => {
        const view = views.find((one) => one.plugin === plugin && one.name === name);
        if (view === undefined) throw new Error(`There is no view ${name} of ${plugin}.`);
        return { view, project };
      }),
    );
  },
  setTheme: (theme) => tell.theme(theme),
  changeSettings: () => tell.settings(),
  heard,
  longestGap() {
    const longest = Math.max(gap, performance.now() - last);
    gap = 0;
    return longest;
  },
};
Object.assign(globalThis, { framePage: page });
const root = document.createElement("main");
document.body.append(root);
createRoot(root).render(<Page />);
