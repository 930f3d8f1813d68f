import Type, { type Static } from "typebox";
import { MAX_FAULT_LENGTH } from "../limits.ts";
import { type ManifestSchema, Semver } from "../manifest.ts";
import { UI_FAULT_PHASES, VIEW_HEIGHTS, VIEW_PLACES } from "../user-interface.ts";
import { MinuteMetricsDto } from "./plugins.ts";

const strict = { additionalProperties: false } as const;
const Project = Type.Optional(Type.String({ maxLength: 63 }));
/** Bytes as base64. */
const Base64 = Type.String({ pattern: "^[A-Za-z0-9+/]*={0,2}$" });

/** A view of an enabled plugin, in a place that was granted. */
export const ViewDto = Type.Object({
  plugin: Type.String(),
  pluginName: Type.String(),
  version: Type.String(),
  uiDigest: Type.String({ description: "SHA-256 of the bundle, hex: names the frame" }),
  name: Type.String(),
  title: Type.String(),
  description: Type.Optional(Type.String()),
  place: Type.Enum([...VIEW_PLACES]),
  icon: Type.Optional(Type.String({ description: "A file of the package" })),
  height: Type.Optional(Type.Enum([...VIEW_HEIGHTS], { description: "`content` unless given" })),
  manifest: Type.Unsafe<Static<typeof ManifestSchema>>(Type.Record(Type.String(), Type.Unknown())),
});
export type ViewDto = Static<typeof ViewDto>;

export const ThemeDto = Type.Object({
  plugin: Type.String(),
  pluginName: Type.String(),
  name: Type.String(),
  title: Type.String(),
  scheme: Type.Enum(["light", "dark"]),
  tokens: Type.Record(Type.String(), Type.String({ description: "#rrggbb" })),
});
export type ThemeDto = Static<typeof ThemeDto>;

/** What a view asks of the platform. `attachment` is what a method takes beside its arguments: a body, a file. */
export const HostCallBody = Type.Object(
  {
    method: Type.String({ minLength: 1, maxLength: 64 }),
    args: Type.Optional(Type.Unknown()),
    attachment: Type.Optional(Base64),
    project: Project,
  },
  strict,
);
export type HostCallBody = Static<typeof HostCallBody>;
export const HostCallAnswerDto = Type.Object({
  value: Type.Unknown(),
  body: Type.Optional(Type.String({ description: "Bytes that follow the value, in base64" })),
});
export type HostCallAnswerDto = Static<typeof HostCallAnswerDto>;

export const UiFaultBody = Type.Object(
  {
    version: Semver,
    view: Type.Optional(Type.String({ maxLength: 64 })),
    phase: Type.Enum([...UI_FAULT_PHASES]),
    message: Type.String({ minLength: 1, maxLength: MAX_FAULT_LENGTH }),
    stack: Type.Optional(Type.String({ maxLength: MAX_FAULT_LENGTH })),
  },
  strict,
);
export type UiFaultBody = Static<typeof UiFaultBody>;

/** What `metrics.plugins` tells of each installed plugin: minutes with calls, oldest first, for an hour. */
export const PluginMetricsDto = Type.Object({
  plugin: Type.String(),
  name: Type.String(),
  state: Type.String(),
  minutes: Type.Array(MinuteMetricsDto),
});
export type PluginMetricsDto = Static<typeof PluginMetricsDto>;
