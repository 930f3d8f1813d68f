import Type, { type Static } from "typebox";
import { PluginId, PluginPattern } from "../manifest.ts";
import { OsvDto } from "./registry.ts";

const strict = { additionalProperties: false } as const;
const MAX_ENTRIES = 1_000;
const Strategy = Type.Enum(["off", "security", "patch", "all"]);
const ClockTime = Type.String({ pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$", description: "HH:MM" });
const Version = Type.String();
const Time = Type.String({ description: "RFC 3339" });

const RULES = {
  strategy: Strategy,
  include: Type.Union([Type.Literal("all"), Type.Array(PluginPattern, { maxItems: MAX_ENTRIES })]),
  exclude: Type.Array(PluginPattern, { maxItems: MAX_ENTRIES }),
  window: Type.Union([
    Type.Object(
      {
        days: Type.Array(Type.Enum(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), {
          minItems: 1,
          maxItems: 7,
        }),
        from: ClockTime,
        to: ClockTime,
        timeZone: Type.String({ maxLength: 64, description: "An IANA name, such as Europe/Berlin" }),
      },
      strict,
    ),
    Type.Null({ description: "At any time" }),
  ]),
  minimumAgeHours: Type.Integer({
    minimum: 0,
    maximum: 24 * 365,
    description: "How long a version must have been out",
  }),
  ageExceptions: Type.Array(PluginPattern, { maxItems: MAX_ENTRIES }),
  securityAtOnce: Type.Boolean({
    description: "Versions that mend an advisory wait neither for the window nor for their age",
  }),
  plugins: Type.Record(
    PluginId,
    Type.Object(
      {
        strategy: Type.Optional(Strategy),
        pin: Type.Optional(
          Type.String({ minLength: 1, maxLength: 200, description: "A semver range that no update leaves" }),
        ),
      },
      strict,
    ),
    { maxProperties: MAX_ENTRIES, description: "What is other for single plugins" },
  ),
};

/** Rules that are left out are as by default: nothing is updated by itself. */
export const AutoUpdateBody = Type.Partial(Type.Object(RULES), strict);
export type AutoUpdateBody = Static<typeof AutoUpdateBody>;

/** What comes next for an installed plugin. */
export const PlannedUpdateDto = Type.Object({
  plugin: Type.String(),
  installed: Version,
  version: Version,
  reason: Type.Enum(["security", "patch", "all"]),
  mends: Type.Array(Type.String(), { description: "Advisories on the installed version, by id" }),
  waitsFor: Type.Optional(
    Type.Enum(["window", "age", "failed", "permissions", "policy"], {
      description: "Why it is not made now; `permissions` and `policy` need somebody",
    }),
  ),
  from: Type.Optional(Type.String({ description: "When it is old enough, RFC 3339" })),
  message: Type.Optional(Type.String()),
});
export type PlannedUpdateDto = Static<typeof PlannedUpdateDto>;

export const AutoUpdateDto = Type.Object({
  ...RULES,
  planned: Type.Array(PlannedUpdateDto),
});
export type AutoUpdateDto = Static<typeof AutoUpdateDto>;

export const AdvisoriesDto = Type.Object({
  advisories: Type.Array(
    Type.Object({
      advisory: OsvDto,
      marketplaces: Type.Array(Type.String()),
      touches: Type.Array(
        Type.Object({
          plugin: Type.String(),
          version: Version,
          fixes: Type.Array(Version, { description: "Versions that mend it, lowest first" }),
        }),
      ),
    }),
  ),
  blocked: Type.Array(
    Type.Object({
      plugin: Type.String(),
      version: Version,
      versions: Type.String({ description: "The range that is blocked" }),
      reason: Type.String(),
      at: Time,
      marketplace: Type.String(),
    }),
  ),
  marketplaces: Type.Array(
    Type.Object({
      name: Type.String(),
      url: Type.String(),
      checkedAt: Type.Optional(Type.String({ description: "When it was last read, RFC 3339" })),
    }),
  ),
});
export type AdvisoriesDto = Static<typeof AdvisoriesDto>;
