import { createElement } from "react";
import { describe, expect, it } from "vitest";
import {
  PermissionDeniedError,
  useApi,
  useSettings,
  useTheme,
  useView,
  type ViewProps,
} from "../ui/index.ts";
import { createViewHarness } from "./ui.ts";

const manifest = {
  id: "acme.hello",
  name: "Hello",
  version: "1.0.0",
  description: "Says hello.",
  permissions: { required: ["ui.page", "storage.scoped"] },
  contributes: { views: [{ name: "greeting", title: "Greeting" }] },
};

const View = ({ api, pluginId, manifest: { name } }: ViewProps) => {
  const [view, theme, settings] = [useView(), useTheme(), useSettings()];
  const facts = [pluginId, name, view.name, view.place, theme.mode, settings, useApi() === api];
  return createElement("p", null, facts.join(" "));
};

describe("the harness for views", () => {
  it("renders a component with its properties and all hooks", () => {
    expect(createViewHarness({ manifest }).render(View)).toBe(
      "<p>acme.hello Hello greeting page light  true</p>",
    );
  });

  it("has the platform's permissions, notifications and own tools", async () => {
    const { api, notifications } = createViewHarness({
      manifest,
      tools: {
        double: (input) => Number(input) * 2,
        count: async function* () {
          yield* [1, 2];
        },
      },
    });
    await api.storage.set("a", 1);
    expect(await api.storage.get("a")).toBe(1);
    expect(await api.plugin.call("double", 21)).toBe(42);
    expect(await api.plugin.call("count")).toEqual([1, 2]);
    expect(await Array.fromAsync(api.plugin.stream("count"))).toEqual([1, 2]);
    await expect(api.plugin.call("none")).rejects.toThrow(/no tool "none"/);
    await expect(api.ui.showNotification({ title: "Hi" })).rejects.toBeInstanceOf(PermissionDeniedError);
    const granted = createViewHarness({ manifest, grants: ["ui.notifications"] });
    await granted.api.ui.showNotification({ title: "Hi" });
    expect([granted.notifications, notifications]).toEqual([[{ title: "Hi" }], []]);
  });
});
