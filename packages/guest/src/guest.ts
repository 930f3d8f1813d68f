import type { Frame, HostMessage } from "@patchbay/protocol";
import type { PluginApi } from "@patchbay/sdk";
import type { Calls } from "./calls.ts";
import { wireError } from "./errors.ts";
import type { HostCalls } from "./host-calls.ts";
import type { Pipe } from "./pipe.ts";
import { LoadedPlugin } from "./plugin.ts";
import type { Settings } from "./settings.ts";

interface GuestParts {
  readonly pipe: Pipe;
  readonly calls: Calls;
  readonly hostCalls: HostCalls;
  readonly settings: Settings;
  readonly apiFor: () => PluginApi;
}

/** Takes the host's messages: blank until `load`, a plugin from then on. */
export class Guest {
  readonly #parts: GuestParts;
  #plugin: LoadedPlugin | undefined;

  constructor(parts: GuestParts) {
    this.#parts = parts;
  }

  handle = ({ header, attachment, size }: Frame): void => {
    // The host is trusted by the guest.
    const message = header as HostMessage;
    const { pipe, calls, hostCalls, settings } = this.#parts;
    switch (message.t) {
      case "load":
        void this.#load(message, attachment);
        break;
      case "settings":
        settings.put(message.project, message.values);
        break;
      case "call":
        calls.start(this.#plugin, message);
        break;
      case "body":
        calls.takeBody(message, attachment);
        break;
      case "cancel":
        calls.cancel(message.id, message.reason);
        break;
      case "credit":
        calls.credit(message.id, message.chunks, message.bytes);
        break;
      case "value":
      case "chunk":
      case "end":
      case "error":
        hostCalls.handle(message, attachment, size);
        break;
      case "ping":
        pipe.send({ t: "pong", n: message.n });
        break;
      case "deactivate":
        void this.#deactivate();
        break;
      default:
        message satisfies never;
    }
  };

  async #load(message: Extract<HostMessage, { t: "load" }>, script: Uint8Array): Promise<void> {
    const { pipe, apiFor } = this.#parts;
    try {
      const plugin = new LoadedPlugin(new TextDecoder().decode(script));
      this.#plugin = plugin;
      if (!message.inspect) await plugin.activate(apiFor());
      pipe.send({ t: "loaded", contributions: plugin.contributions });
    } catch (thrown) {
      pipe.send({ t: "loadFailed", error: wireError(thrown) });
    }
  }

  async #deactivate(): Promise<void> {
    const { pipe } = this.#parts;
    try {
      await this.#plugin?.deactivate();
      pipe.send({ t: "deactivated" });
    } catch (thrown) {
      pipe.send({ t: "deactivated", error: wireError(thrown) });
    }
  }
}
