import type { PluginApi, PluginLog, SettingsApi } from "@patchbay/sdk";
import { makeApi, NO_THEME } from "@patchbay/sdk/host";
import type { HostCalls } from "./host-calls.ts";
import type { Settings } from "./settings.ts";

/** What an api needs. `call` and `project` are those of the call that it was made for. */
export interface ApiParts {
  readonly hostCalls: HostCalls;
  readonly settings: Settings;
  readonly log: PluginLog;
  readonly call: () => number | undefined;
  readonly project: () => string;
}

/** The typed `api` over host calls. */
export const guestApi = (parts: ApiParts): PluginApi => {
  const { hostCalls, call, log } = parts;
  return makeApi(
    (method, params, { attachment, signal } = {}) =>
      hostCalls.request(method, {
        params,
        call: call(),
        ...(attachment === undefined ? {} : { attachment }),
        ...(signal && { signal }),
      }),
    { settings: settingsApi(parts), log, theme: NO_THEME },
  );
};

const settingsApi = ({ settings, project }: ApiParts): SettingsApi =>
  Object.freeze<SettingsApi>({
    getAll: async () => settings.of(project()),
    get: async <T>(name: string) => {
      const values = settings.of(project());
      return (Object.hasOwn(values, name) ? values[name] : undefined) as T | undefined;
    },
    onChange: (listener) => settings.onChange(listener),
  });
