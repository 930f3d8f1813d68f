import type { PluginRuntime } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";

const refuse = async (): Promise<never> => {
  throw new PatchbayError("not_available", "This server is a registry only: it runs no plugins.");
};

/** What a server has that runs no plugins. */
export const NO_SANDBOXES: PluginRuntime = {
  start: refuse,
  call: refuse,
  inspect: refuse,
  retire: async () => undefined,
  sandbox: () => null,
  settingsChanged: () => undefined,
  forgive: () => undefined,
  instances: () => [],
  close: async () => undefined,
};
