import { type FoundContributions, isJsonObject } from "@patchbay/protocol";
import { type PluginApi, PluginError, type ToolDefinition, type ToolSchema } from "@patchbay/sdk";
import { answerCheckFor, type Check, checkFor, isStandardSchema } from "@patchbay/sdk/validation";
import { loadModulesOf, requireModule } from "./modules.ts";
import { SCRIPT_NAME } from "./stacks.ts";

const NAMED_KINDS = ["models", "endpoints", "integrations", "schedules", "events", "workflowSteps"] as const;

export interface Tool {
  readonly definition: ToolDefinition;
  readonly checkInput: Check;
  readonly checkOutput: Check | undefined;
}

type Hook = (...args: unknown[]) => unknown;

/** A plugin's code, evaluated: what it defines, and its hooks. */
export class LoadedPlugin {
  readonly contributions: FoundContributions;
  readonly #tools: ReadonlyMap<string, Tool>;
  readonly #activateHooks: readonly Hook[];
  readonly #deactivateHooks: readonly Hook[];

  /** Evaluates the script, which returns the module's exports. Throws what it throws, and `PluginError` for what is no plugin. */
  constructor(script: string) {
    loadModulesOf(script);
    const exports: unknown = new Function("require", `${script}\n//# sourceURL=${SCRIPT_NAME}`)(
      requireModule,
    );
    const definition = definitionOf(exports);
    this.#tools = toolsOf(definition.tools);
    this.contributions = describe(definition, this.#tools);
    const owners = [definition, ...(isRecord(exports) && exports !== definition ? [exports] : [])];
    this.#activateHooks = hooksOf(owners, "onActivate");
    this.#deactivateHooks = hooksOf(owners, "onDeactivate");
  }

  tool(name: string): Tool | undefined {
    return this.#tools.get(name);
  }

  async activate(api: PluginApi): Promise<void> {
    for (const hook of this.#activateHooks) await hook(api);
  }

  async deactivate(): Promise<void> {
    for (const hook of this.#deactivateHooks) await hook();
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

const fault = (message: string): PluginError => new PluginError("activation_failed", message);

/** What a CommonJS module exports as a whole is its default export, too. */
const definitionOf = (exports: unknown): Record<string, unknown> => {
  const end = "End it with `export default definePlugin({ … })`.";
  if (!isRecord(exports) || !("default" in exports))
    throw fault(`The server code has no default export. ${end}`);
  if (!isRecord(exports.default)) throw fault(`The default export of the server code is no plugin. ${end}`);
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

const toolsOf = (tools: unknown): Map<string, Tool> => {
  if (tools === undefined) return new Map();
  if (!isRecord(tools)) throw fault("`tools` is not an object of tools by name.");
  return new Map(Object.entries(tools).map(([name, tool]) => [name, prepareTool(name, tool)]));
};

const prepareTool = (name: string, value: unknown): Tool => {
  if (!isRecord(value) || typeof value.run !== "function")
    throw fault(`The tool "${name}" has no function \`run\`.`);
  const definition = value as unknown as ToolDefinition;
  return {
    definition,
    checkInput: whenFirstUsed(() => checkFor(definition.input, "The input")),
    checkOutput:
      definition.output === undefined ? undefined : whenFirstUsed(() => answerCheckFor(definition.output)),
  };
};

/** Compiling schemas costs time that a start has better use for. */
const whenFirstUsed = (make: () => Check): Check => {
  let check: Check | undefined;
  return (value) => {
    check ??= make();
    return check(value);
  };
};

const describe = (
  definition: Record<string, unknown>,
  tools: ReadonlyMap<string, Tool>,
): FoundContributions => {
  const named = Object.fromEntries(
    NAMED_KINDS.map((kind) => [kind, isRecord(definition[kind]) ? Object.keys(definition[kind]) : []]),
  ) as unknown as Omit<FoundContributions, "tools">;
  return {
    ...named,
    tools: [...tools].map(([name, { definition: tool }]) => ({
      name,
      ...(typeof tool.title === "string" ? { title: tool.title } : {}),
      ...(typeof tool.description === "string" ? { description: tool.description } : {}),
      ...described("input", tool.input),
      ...described("output", tool.output),
    })),
  };
};

/** The schema as JSON Schema, when it is one or its library can make one. */
const described = (field: "input" | "output", schema: ToolSchema | undefined): object => {
  try {
    const json = schema === undefined ? undefined : jsonSchemaOf(schema, field);
    return isJsonObject(json) ? { [field]: JSON.parse(JSON.stringify(json)) } : {};
  } catch {
    // Conversion is a courtesy: a schema that has no JSON form still checks the input.
    return {};
  }
};

const jsonSchemaOf = (schema: ToolSchema, field: "input" | "output"): unknown => {
  if (!isStandardSchema(schema)) return schema;
  const { jsonSchema } = schema["~standard"] as {
    jsonSchema?: Record<string, (options: { target: string }) => unknown>;
  };
  if (typeof jsonSchema?.[field] === "function") return jsonSchema[field]({ target: "draft-2020-12" });
  const { toJSONSchema } = schema as { toJSONSchema?: () => unknown };
  return typeof toJSONSchema === "function" ? toJSONSchema.call(schema) : undefined;
};
