import { HOST_DOMAINS, HOST_METHODS } from "@patchbay/protocol";
import { expect, it } from "vitest";
import type { PluginLog } from "../api/log.ts";
import type { SettingsApi } from "../api/settings.ts";
import { makeApi, NO_THEME } from "./index.ts";

type Face = { readonly [name: string]: Face | ((...parameters: unknown[]) => unknown) };

/** Calls every function of a face, however deep. */
const callAll = async (face: Face): Promise<void> => {
  for (const member of Object.values(face)) {
    if (typeof member === "function") await Promise.resolve(member("a", "b")).catch(() => undefined);
    else await callAll(member);
  }
};

it("has a method for every call of the host but fetch, which plugins know by the platform's own", async () => {
  const asked = new Set<string>();
  const ask = async (method: string) => {
    asked.add(method);
    return { value: null };
  };
  const parts = { settings: {} as SettingsApi, log: {} as PluginLog };
  const theme = { ...NO_THEME, onThemeChange: () => Promise.resolve() as never };
  const api = makeApi(ask, { ...parts, theme });
  await callAll(api as unknown as Face);
  const { fetch, ...domains } = HOST_DOMAINS;
  expect([...asked].toSorted()).toEqual(
    Object.keys(HOST_METHODS)
      .filter((method) => !Object.hasOwn(fetch, method))
      .toSorted(),
  );
  expect(Object.keys(api)).toEqual([...Object.keys(domains), "settings", "log"]);
});
