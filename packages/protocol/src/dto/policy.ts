import Type, { type Static, type TSchema } from "typebox";
import { GrantSchema, PluginId, PluginPattern } from "../manifest.ts";
import { REGISTRY_BADGES } from "../package-sources.ts";
import { GrantDto } from "./plugins.ts";

const strict = { additionalProperties: false } as const;
const MAX_ENTRIES = 1_000;
/** Whom a policy can let install plugins, besides managers for their own projects (unless it is nobody). */
export const INSTALL_AUDIENCES = ["administrators", "everyone", "nobody"] as const;
/** Whom a policy can let debug plugins. Managers: those of their own projects only. */
export const DEBUG_AUDIENCES = ["administrators", "managers", "everyone", "nobody"] as const;
/** Whom a policy can let read what plugins keep of conversations. */
export const CONVERSATION_AUDIENCES = ["administrators", "nobody"] as const;
/** What is kept longer than accounts of models (400 days) belongs into a system of the operator's. */
const MAX_CALL_DAYS = 400;
const orAll = <Item extends TSchema>(item: Item, description: string) =>
  Type.Union([Type.Literal("all"), Type.Array(item, { maxItems: MAX_ENTRIES })], { description });

const RULES = {
  install: Type.Enum([...INSTALL_AUDIENCES], { description: "Who may install and change plugins" }),
  debug: Type.Enum([...DEBUG_AUDIENCES], {
    description: "Who may read logs and instances; managers those of their own projects",
  }),
  sources: orAll(
    Type.Enum(["marketplace", "github", "upload", "directory", "bundle", "bridge"]),
    "Where plugins may come from",
  ),
  badges: orAll(Type.Enum([...REGISTRY_BADGES, "private"]), "Which badges plugins may have"),
  allowed: orAll(PluginPattern, "Which plugins may be installed and enabled; required ones always"),
  required: Type.Array(PluginId, {
    maxItems: MAX_ENTRIES,
    description: "Plugins that may be neither disabled nor uninstalled",
  }),
  signatures: Type.Enum(["optional", "required"], {
    description: "Whether packages need a signature by a known key of their publisher",
  }),
  conversations: Type.Enum([...CONVERSATION_AUDIENCES], {
    description: "Who may read what plugins keep of conversations, besides those whose they are",
  }),
  callDays: Type.Integer({
    minimum: 0,
    maximum: MAX_CALL_DAYS,
    description: "For how many days calls into plugins are kept in the log of calls; 0: none are",
  }),
  calls: orAll(PluginPattern, "Of which plugins calls are kept"),
  callContent: orAll(PluginPattern, "Of which of these plugins input and output are kept as well"),
  forbidden: Type.Array(PluginPattern, { maxItems: MAX_ENTRIES, description: "Stronger than `allowed`" }),
};

/** Rules that are left out are as by default: administrators install and debug, nobody reads conversations of others, calls are kept for 30 days without input and output, everything else is open. */
export const PolicyBody = Type.Partial(
  Type.Object({
    ...RULES,
    maxGrants: orAll(GrantSchema, "The most that may be granted without an owner or administrator"),
  }),
  strict,
);
export type PolicyBody = Static<typeof PolicyBody>;

export const PolicyDto = Type.Object({
  ...RULES,
  maxGrants: orAll(GrantDto, "The most that may be granted without an owner or administrator"),
  changedBy: Type.Array(Type.String(), { description: "Roles that may change it" }),
  violations: Type.Array(
    Type.Object({ plugin: Type.String(), rule: Type.String(), message: Type.String() }),
    { description: "What is not as the policy wants it; nothing is switched off by a policy" },
  ),
});
export type PolicyDto = Static<typeof PolicyDto>;
