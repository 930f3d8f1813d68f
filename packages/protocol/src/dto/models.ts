import Type, { type Static } from "typebox";
import { MAX_MODEL_NAME_LENGTH } from "../limits.ts";
import { PluginId } from "../manifest.ts";
import { ContributionName } from "../manifest-fields.ts";
import { LOCAL_SERVERS } from "../models/local-servers.ts";
import { MODEL_KINDS } from "../models/model-info.ts";
import { TEXT } from "../text.ts";
import { PermissionRequestDto } from "./plugins.ts";

/** What one of a plugin's model providers said when its connection was tested. */
export const ProviderTestDto = Type.Object({
  name: Type.String(),
  title: Type.Optional(Type.String()),
  status: Type.Union([Type.Literal("answers"), Type.Literal("not_set_up"), Type.Literal("fails")], {
    description: "`not_set_up`: its settings do not say all that it needs",
  }),
  models: Type.Optional(Type.Integer({ minimum: 0, description: "How many it has" })),
  message: Type.Optional(Type.String({ description: "Why it does not answer, in a sentence" })),
});
export type ProviderTestDto = Static<typeof ProviderTestDto>;

const MAX_ALIASES = 200;
const MAX_MODELS_OF_ALIAS = 10;
const MAX_ALLOWED_PATTERNS = 500;
const MAX_RETRIES = 5;

const strict = { additionalProperties: false } as const;
/** With provider and plugin before the model's own name. */
const ModelName = Type.String({ minLength: 1, maxLength: MAX_MODEL_NAME_LENGTH + 256, format: TEXT });

const RULES = {
  defaultModel: Type.Union([ModelName, Type.Null()], {
    description: "The chat model or alias for requests that name `default`; null: the first that there is",
  }),
  allowed: Type.Union([Type.Literal("all"), Type.Array(ModelName, { maxItems: MAX_ALLOWED_PATTERNS })], {
    description: "Which models may be asked: `provider/model`, or what it begins with and `*`",
  }),
  aliases: Type.Array(
    Type.Object(
      {
        name: ModelName,
        models: Type.Array(ModelName, {
          minItems: 1,
          maxItems: MAX_MODELS_OF_ALIAS,
          description: "`provider/model` each. The first is asked, the others when those before them fail",
        }),
      },
      strict,
    ),
    {
      maxItems: MAX_ALIASES,
      description: "Names for models. One that is a model's own name says who answers when that model cannot",
    },
  ),
  retries: Type.Integer({
    minimum: 0,
    maximum: MAX_RETRIES,
    description: "How often a model is asked again that failed for a moment",
  }),
};

/** Rules that are left out are as by default: every model may be asked, twice again when it fails. */
export const ModelRulesBody = Type.Partial(Type.Object(RULES), strict);
export type ModelRulesBody = Static<typeof ModelRulesBody>;

export const ModelRulesDto = Type.Object(RULES);
export type ModelRulesDto = Static<typeof ModelRulesDto>;

export const HOOK_STATES = ["runs", "off", "fails"] as const;
export type HookState = (typeof HOOK_STATES)[number];
/** What becomes of a question that a message hook fails to look at: it is refused, or goes on without the hook. */
export const HOOK_FAILURES = ["refuse", "continue"] as const;
export type HookFailure = (typeof HOOK_FAILURES)[number];

/** Of all organizations' plugins: what messages pass one after the other. */
const MAX_HOOKS = 100;
const HOOK = {
  plugin: PluginId,
  name: ContributionName,
  on: Type.Boolean({ description: "Whether messages pass it" }),
  onFailure: Type.Enum([...HOOK_FAILURES], {
    description: "A question that it fails to look at in time is refused, or goes on without it",
  }),
};

/** In the order in which messages pass them. Those that are left out are on, refuse, and come last. */
export const MessageHooksBody = Type.Object(
  { hooks: Type.Array(Type.Object(HOOK, strict), { maxItems: MAX_HOOKS }) },
  strict,
);
export type MessageHooksBody = Static<typeof MessageHooksBody>;

/** A message hook of a plugin that is installed, with what is decided about it. */
export const MessageHookDto = Type.Object({
  ...HOOK,
  title: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  projects: Type.Union([Type.Literal("all"), Type.Array(Type.String())], {
    description: "Only questions for these pass it",
  }),
  state: Type.Enum([...HOOK_STATES], {
    description: "`off`: its plugin is disabled, and messages do not pass it. `fails`: it does not run",
  }),
});
export type MessageHookDto = Static<typeof MessageHookDto>;
export const MessageHooksDto = Type.Object({ hooks: Type.Array(MessageHookDto) });
export type MessageHooksDto = Static<typeof MessageHooksDto>;

/** A model that a plugin provides, as those see it who set models up. */
export const ManagedModelDto = Type.Object({
  id: Type.String({ description: "`provider/model`: how requests name it" }),
  plugin: Type.String({ description: "The plugin that provides it" }),
  kind: Type.Enum([...MODEL_KINDS]),
  title: Type.Optional(Type.String()),
  contextWindow: Type.Optional(Type.Integer()),
  maxOutputTokens: Type.Optional(Type.Integer()),
  capabilities: Type.Optional(Type.Array(Type.String())),
  allowed: Type.Boolean({ description: "Whether the rules let it be asked" }),
  restsForSeconds: Type.Optional(
    Type.Integer({ description: "Its answers fail: this node asks others first, so long" }),
  ),
});
export type ManagedModelDto = Static<typeof ManagedModelDto>;
const LocalServerNameDto = Type.Enum([...LOCAL_SERVERS]);

/** A model server that answered on the machine that Patchbay runs on. */
export const LocalServerDto = Type.Object({
  server: LocalServerNameDto,
  title: Type.String(),
  version: Type.Optional(Type.String()),
  url: Type.String({ description: "Where it answers, as the plugin's settings will say" }),
  models: Type.Array(Type.String(), { description: "Names of the first ones" }),
  modelCount: Type.Integer({ minimum: 0 }),
  inUse: Type.Boolean({ description: "The plugin's settings name it, and it may be reached" }),
  replaces: Type.Optional(Type.String({ description: "The address that the settings name now instead" })),
});
export type LocalServerDto = Static<typeof LocalServerDto>;

/** What was found, and what using any of it brings along. */
export const LocalServersDto = Type.Object({
  isOn: Type.Boolean({ description: "Whether the operator lets them be looked for" }),
  lookedAt: Type.Optional(Type.String({ format: "date-time" })),
  plugin: Type.String({ description: "The plugin that asks them" }),
  enables: Type.Boolean({ description: "Using one enables the plugin" }),
  grants: Type.Array(PermissionRequestDto, { description: "What using one grants the plugin besides" }),
  items: Type.Array(LocalServerDto),
});
export type LocalServersDto = Static<typeof LocalServersDto>;

export const UseLocalServerBody = Type.Object(
  {
    url: Type.String({ maxLength: 100, description: "The address that was shown, and nothing else" }),
    grants: Type.Optional(
      Type.Array(Type.String({ maxLength: 100 }), {
        maxItems: 50,
        description: "Names of the permissions that were shown",
      }),
    ),
  },
  { additionalProperties: false },
);
export type UseLocalServerBody = Static<typeof UseLocalServerBody>;

/** A model server of this machine that is set up and answers. */
export const UsedLocalServerDto = Type.Object({
  server: LocalServerNameDto,
  url: Type.String(),
  modelCount: Type.Integer({ minimum: 0 }),
  models: Type.Array(Type.String(), { description: "As requests name them" }),
});
export type UsedLocalServerDto = Static<typeof UsedLocalServerDto>;
