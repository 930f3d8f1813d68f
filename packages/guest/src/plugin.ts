import {
  type FoundContributions,
  NOT_BUILT_KINDS,
  type NotBuiltKind,
  type ServerKindName,
} from "@patchbay/protocol";
import type { PluginApi } from "@patchbay/sdk";
import { GUEST_KINDS } from "./kinds/index.ts";
import { type Callable, isRecord, notThis } from "./kinds/kind.ts";
import { loadModulesOf, requireModule } from "./modules.ts";
import { SCRIPT_NAME } from "./stacks.ts";

const KIND_NAMES = Object.keys(GUEST_KINDS) as ServerKindName[];

type CallablesByKind = ReadonlyMap<ServerKindName, ReadonlyMap<string, Callable>>;

type Hook = (...args: unknown[]) => unknown;

/** A plugin's code, evaluated: what it defines, and its hooks. */
export class LoadedPlugin {
  readonly contributions: FoundContributions;
  readonly #callables: CallablesByKind;
  readonly #activateHooks: readonly Hook[];
  readonly #deactivateHooks: readonly Hook[];

  /** Evaluates the script, which returns the module's exports. Throws what it throws, and `PluginError` for what is no plugin. */
  constructor(script: string) {
    loadModulesOf(script);
    const exports: unknown = new Function("require", `${script}\n//# sourceURL=${SCRIPT_NAME}`)(
      requireModule,
    );
    const definition = definitionOf(exports);
    this.#callables = new Map(KIND_NAMES.map((kind) => [kind, callablesOf(definition, kind)]));
    this.contributions = describe(definition, this.#callables);
    const owners = [definition, ...(isRecord(exports) && exports !== definition ? [exports] : [])];
    this.#activateHooks = hooksOf(owners, "onActivate");
    this.#deactivateHooks = hooksOf(owners, "onDeactivate");
  }

  callable(kind: ServerKindName, name: string): Callable | undefined {
    return this.#callables.get(kind)?.get(name);
  }

  async activate(api: PluginApi): Promise<void> {
    for (const hook of this.#activateHooks) await hook(api);
  }

  async deactivate(): Promise<void> {
    for (const hook of this.#deactivateHooks) await hook();
  }
}

/** What a CommonJS module exports as a whole is its default export, too. */
const definitionOf = (exports: unknown): Record<string, unknown> => {
  const end = "End it with `export default definePlugin({ … })`.";
  if (!isRecord(exports) || !("default" in exports))
    throw notThis(`The server code has no default export. ${end}`);
  if (!isRecord(exports.default)) throw notThis(`The default export of the server code is no plugin. ${end}`);
  return exports.default;
};

/** The exported function and the one in the definition: both run, and one that is exported twice runs once. */
const hooksOf = (owners: readonly Record<string, unknown>[], name: string): Hook[] => {
  const hooks = new Map<unknown, Hook>();
  for (const owner of owners) {
    const hook = owner[name];
    if (typeof hook === "function" && !hooks.has(hook)) hooks.set(hook, hook.bind(owner));
  }
  return [...hooks.values()];
};

/** What the definition has of a kind, made callable, by name. */
const callablesOf = (definition: Record<string, unknown>, kind: ServerKindName): Map<string, Callable> => {
  const defined = definition[kind];
  if (defined === undefined) return new Map();
  if (!isRecord(defined)) throw notThis(`\`${kind}\` is not an object of ${kind} by name.`);
  const { prepare } = GUEST_KINDS[kind];
  return new Map(Object.entries(defined).map(([name, value]) => [name, prepare(name, value)]));
};

const describe = (definition: Record<string, unknown>, callables: CallablesByKind): FoundContributions => {
  const namesOf = (kind: NotBuiltKind) => {
    const defined = definition[kind];
    return isRecord(defined) ? Object.keys(defined) : [];
  };
  return Object.fromEntries([
    ...[...callables].map(([kind, byName]) => [kind, [...byName.values()].map(({ found }) => found)]),
    ...NOT_BUILT_KINDS.map((kind) => [kind, namesOf(kind)]),
  ]) as FoundContributions;
};
