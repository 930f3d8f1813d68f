import { makePackage, type PluginSource } from "../../support/packages.ts";

const CODE =
  'export default { tools: { hello: { description: "The tool hello.", run: async () => "hello" } } };';

export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><rect width="48" height="48" rx="10" fill="#1c7ed6"/></svg>`;

/** A package whose one tool is `hello`. */
export const sample = (source: Partial<PluginSource> & { readonly id: string }): Promise<Uint8Array> =>
  makePackage({ code: CODE, tools: ["hello"], ...source });

/** A package that throws where it is started. */
export const brokenSample = (
  source: Partial<PluginSource> & { readonly id: string },
  message: string,
): Promise<Uint8Array> => makePackage({ code: `throw new Error(${JSON.stringify(message)});`, ...source });

const FETCH = {
  name: "net.fetch",
  hosts: ["api.weather.example", "*.tiles.example"],
  methods: ["GET"],
};
export const WEATHER_GRANTS = [FETCH, "storage.scoped"];

const SETTINGS = {
  units: { type: "string", enum: ["metric", "imperial"], default: "metric", title: "Units" },
  apiKey: { type: "string", format: "secret", hosts: ["api.weather.example"], title: "API key" },
  days: { type: "integer", minimum: 1, maximum: 14, default: 5, title: "Days" },
  alerts: { type: "boolean", default: true, title: "Alerts" },
  places: { type: "array", items: { type: "string" }, title: "Places", default: ["Berlin"] },
  cache: {
    type: "object",
    title: "Cache",
    properties: { minutes: { type: "number", default: 10, title: "Minutes" } },
  },
};

export interface WeatherOptions {
  readonly id?: string;
  readonly version?: string;
  /** Asks for a permission more, and has a setting more. */
  readonly isLater?: boolean;
}

/** A package with everything that people are shown: permissions of three kinds, settings, documents, a picture. */
export const weather = ({
  id = "acme.weather",
  version = "1.0.0",
  isLater = false,
}: WeatherOptions = {}): Promise<Uint8Array> =>
  sample({
    id,
    version,
    files: {
      "icon.svg": ICON,
      "README.md": [
        "# How to use it",
        "Forecasts for **any** place. ![a map](https://elsewhere.example/map.png)",
        "<script>globalThis.hacked = true</script>",
        "[Manual](https://acme.example/manual) and [trap](javascript:globalThis.hacked=true)",
      ].join("\n\n"),
      "CHANGELOG.md": "# Changes\n\n## 1.1.0\n\n- Stores forecasts.",
    },
    manifest: {
      name: "Weather",
      description: "Forecasts for any place.",
      author: { name: "Acme", url: "https://acme.example" },
      category: "integration",
      icon: "icon.svg",
      settings: {
        type: "object",
        properties: {
          ...SETTINGS,
          ...(isLater && { language: { type: "string", title: "Language" } }),
        },
      },
      permissions: {
        required: [
          { ...FETCH, reason: "Reads forecasts." },
          "storage.scoped",
          ...(isLater ? [{ name: "metrics.read", reason: "Shows how often it is asked." }] : []),
        ],
        optional: [{ name: "ui.statusbar", reason: "Shows the weather." }, "ui.notifications"],
      },
    },
  });
