import type { FrameHostMessage } from "@patchbay/protocol";
import type { SettingsValues } from "@patchbay/sdk";
import { Faults } from "./faults.ts";
import { frameApi, type SettingsListeners } from "./frame-api.ts";
import { hostFetch } from "./host-fetch.ts";
import { HostPort } from "./host-port.ts";
import { PluginView } from "./plugin-view.ts";
import { FrameColors } from "./theme.ts";

/**
 * The first script of a plugin's frame. The document's address names the bundle; everything else comes over the port that
 * the console hands over, once.
 */
const boot = (): void => {
  const takePort = ({ source, ports }: MessageEvent): void => {
    const [port] = ports;
    if (source !== parent || port === undefined) return;
    removeEventListener("message", takePort);
    new Frame(port);
  };
  addEventListener("message", takePort);
};

const bundleAddress = (): string => `../plugins/${location.pathname.split("/").at(-1)}/ui.js`;

class Frame {
  readonly #port: HostPort;
  readonly #colors = new FrameColors();
  readonly #settings: SettingsListeners = new Set();
  readonly #faults: Faults;
  #view: PluginView | undefined;

  constructor(port: MessagePort) {
    this.#port = new HostPort(port, (message) => this.#receive(message));
    this.#faults = new Faults(this.#port);
    this.#faults.watch();
    globalThis.fetch = hostFetch(this.#port);
    this.#port.send({ t: "ready" });
  }

  #receive(message: Exclude<FrameHostMessage, { t: "value" | "chunk" | "end" | "error" }>): void {
    switch (message.t) {
      case "start":
        this.#start(message);
        return;
      case "ping":
        this.#port.send({ t: "pong", n: message.n });
        return;
      case "theme":
        this.#colors.apply(message.theme);
        return;
      case "settings":
        void this.#tellSettings();
        return;
      case "stop":
        void this.#stop();
        return;
      default:
        message satisfies never;
    }
  }

  #start(start: Extract<FrameHostMessage, { t: "start" }>): void {
    if (this.#view !== undefined) return;
    document.title = start.title;
    document.documentElement.lang = start.locale;
    this.#colors.addBaseStyle();
    this.#colors.apply(start.theme);
    this.#tellHeight();
    this.#tellEscape();
    stayOnLinks();
    this.#view = new PluginView({
      start,
      api: frameApi(this.#port, this.#colors, this.#settings),
      colors: this.#colors,
      faults: this.#faults,
      rendered: () => this.#port.send({ t: "rendered" }),
    });
    void this.#view.open(bundleAddress());
  }

  async #tellSettings(): Promise<void> {
    if (this.#settings.size === 0) return;
    try {
      const { value } = await this.#port.call("settings.getAll");
      for (const listener of this.#settings) listener(value as SettingsValues);
    } catch (error) {
      this.#faults.tell("runtime", error);
    }
  }

  async #stop(): Promise<void> {
    await this.#view?.close();
    this.#port.send({ t: "stopped" });
  }

  #tellHeight(): void {
    let last = -1;
    new ResizeObserver(() => {
      const height = Math.ceil(document.body.getBoundingClientRect().height);
      if (height === last) return;
      last = height;
      this.#port.send({ t: "height", height });
    }).observe(document.body);
  }

  /** Keys that are pressed in a frame are not seen outside: without this, Escape would not close what it closes elsewhere. */
  #tellEscape(): void {
    addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) this.#port.send({ t: "escape" });
    });
  }
}

/** A frame that follows a link is taken away: one in a text that a plugin shows must not end the view. */
const stayOnLinks = (): void => {
  addEventListener("click", (event) => {
    const link = event.composedPath().find((one) => one instanceof HTMLAnchorElement);
    const leads = link?.getAttribute("href");
    if (leads !== null && leads !== undefined && !leads.startsWith("#")) event.preventDefault();
  });
};

boot();
