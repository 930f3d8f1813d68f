import Type, { type Static, type TArray, type TOptional } from "typebox";
import { ContributionName, Description, OptionalTitle, strict } from "../manifest-fields.ts";
import { endpoints } from "./endpoints.ts";
import type { ContributionKind, ServerKind } from "./kind.ts";
import { messageHooks } from "./message-hooks.ts";
import { models } from "./models.ts";
import { NOT_BUILT_KINDS, type NotBuiltKind } from "./not-built.ts";
import { prompts } from "./prompts.ts";
import { resources } from "./resources.ts";
import { schedules } from "./schedules.ts";
import { themes } from "./themes.ts";
import { tools } from "./tools.ts";
import { views } from "./views.ts";

/** Every kind of contribution, by its list in the manifest. Whatever is done for all kinds is a loop over this. */
export const CONTRIBUTION_KINDS = {
  tools,
  prompts,
  resources,
  models,
  messageHooks,
  schedules,
  endpoints,
  views,
  themes,
} as const;

type Kinds = typeof CONTRIBUTION_KINDS;
export type KindName = keyof Kinds;
/** Kinds that server code defines and that calls go to. */
export type ServerKindName = {
  [K in KindName]: Kinds[K] extends ServerKind ? K : never;
}[KindName];

export type Contribution<K extends KindName> = Static<Kinds[K]["entry"]>;
export type Found<K extends ServerKindName> = Static<Kinds[K]["found"]>;

export const kindOf = (name: KindName): ContributionKind => CONTRIBUTION_KINDS[name];
export const KIND_NAMES = Object.keys(CONTRIBUTION_KINDS) as KindName[];
export const serverKindOf = (name: ServerKindName): ServerKind => CONTRIBUTION_KINDS[name];
export const SERVER_KIND_NAMES = KIND_NAMES.filter(
  (name): name is ServerKindName => kindOf(name).bundle === "main",
);

const NotBuiltContributions = Type.Array(
  Type.Object(
    { name: ContributionName, title: OptionalTitle, description: Type.Optional(Description) },
    strict,
  ),
  { maxItems: 500, description: "a list of objects with a name" },
);
/** As the sandbox tells of them: names. */
const FoundNotBuilt = Type.Array(Type.String({ maxLength: 128 }), { maxItems: 500 });

const byName = <K extends string>(names: readonly K[], schemaOf: (name: K) => unknown) =>
  Object.fromEntries(names.map((name) => [name, schemaOf(name)]));

/** The manifest's `contributes`: a list of entries of each kind. */
export const ContributesSchema = Type.Object(
  {
    ...byName(KIND_NAMES, (name) => {
      const { entry, list } = kindOf(name);
      return Type.Optional(Type.Array(entry, list));
    }),
    ...byName(NOT_BUILT_KINDS, () => Type.Optional(NotBuiltContributions)),
  } as { [K in KindName]: TOptional<TArray<Kinds[K]["entry"]>> } & {
    [K in NotBuiltKind]: TOptional<typeof NotBuiltContributions>;
  },
  { ...strict, description: "an object of lists: tools, models, endpoints and so on" },
);

/** What the guest found in the plugin's server code, by kind. */
export const FoundContributions = Type.Object({
  ...byName(SERVER_KIND_NAMES, (name) => Type.Array(serverKindOf(name).found, serverKindOf(name).list)),
  ...byName(NOT_BUILT_KINDS, () => FoundNotBuilt),
} as { [K in ServerKindName]: TArray<Kinds[K]["found"]> } & { [K in NotBuiltKind]: typeof FoundNotBuilt });
export type FoundContributions = Static<typeof FoundContributions>;
