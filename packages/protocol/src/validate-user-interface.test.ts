import { describe, expect, it } from "vitest";
import { validateManifest } from "./validate-manifest.ts";

const good = {
  id: "acme.panels",
  name: "Panels",
  version: "1.0.0",
  description: "Shows panels.",
  author: { name: "Acme" },
  category: "ui",
  engines: { patchbay: "^1.0.0" },
  ui: "dist/ui.js",
  permissions: { required: ["ui.page", "ui.theme"] },
  contributes: {
    views: [{ name: "main", title: "Panels", place: "page", icon: "icon.svg" }],
    themes: [{ name: "dusk", title: "Dusk", scheme: "dark", tokens: { background: "#101114" } }],
  },
};
type Contributes = Record<string, unknown>;
const faults = (contributes: Contributes, over: object = {}): Record<string, string> => {
  const result = validateManifest(JSON.parse(JSON.stringify({ ...good, contributes, ...over })));
  return result.ok ? {} : Object.fromEntries(result.error.map(({ pointer, message }) => [pointer, message]));
};
const view = (over: object): Contributes => ({
  views: [{ name: "main", title: "Panels", place: "page", ...over }],
});
const theme = (over: object): Contributes => ({
  themes: [{ name: "dusk", title: "Dusk", scheme: "dark", tokens: { text: "#ffffff" }, ...over }],
});

describe("views and themes of a manifest", () => {
  it("are accepted with the permission of their place", () => expect(validateManifest(good).ok).toBe(true));

  it.each([
    [
      view({ place: "sidebar" }),
      "/contributes/views/0/place",
      /needs the permission ui\.sidebar; add "ui\.sidebar"/,
    ],
    [view({ place: "sidbar" }), "/contributes/views/0/place", /did you mean "sidebar"/],
    [view({ title: undefined }), "/contributes/views/0/title", /missing/],
    [view({ colour: "red" }), "/contributes/views/0/colour", /not a known field/],
    [view({ icon: "../icon.svg" }), "/contributes/views/0/icon", /file of the package/],
    [theme({ scheme: "dim" }), "/contributes/themes/0/scheme", /light or dark/],
    [theme({ tokens: { text: "red" } }), "/contributes/themes/0/tokens/text", /#rrggbb/],
    [theme({ tokens: { txt: "#ffffff" } }), "/contributes/themes/0/tokens/txt", /did you mean "text"/],
    [theme({ tokens: {} }), "/contributes/themes/0/tokens", /colours by name/],
  ])("say where, what and how to mend %j", (contributes, pointer, message) =>
    expect(faults(contributes)[pointer]).toMatch(message),
  );

  it("need a bundle for views and the permission for themes", () => {
    expect(faults(view({}), { ui: undefined, main: "dist/plugin.js" })["/ui"]).toMatch(/names no bundle/);
    expect(faults(theme({}), { permissions: {} })["/contributes/themes/0"]).toMatch(/add "ui\.theme"/);
  });

  it("let a plugin consist of themes alone", () => expect(faults(theme({}), { ui: undefined })).toEqual({}));
});
