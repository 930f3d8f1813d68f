import type { ContentAsk, ContentPart, PromptMessage, ResourceContent } from "@patchbay/protocol";
import { InvalidInputError, PluginError } from "../errors.ts";
import type { ToolContext } from "../tool-context.ts";
import { type Complete, type Content, contentPart, type ResourcePart, resourceContent } from "./content.ts";
import type { PromptDefinition } from "./prompts.ts";
import type { ResourceContext, ResourceDefinition } from "./resources.ts";

/** More than clients show. */
const MAX_COMPLETIONS = 100;

/** What a prompt answers. Throws `InvalidInputError` for arguments that are missing or unknown, and what its code throws. */
export const askPrompt = async (
  prompt: PromptDefinition,
  ask: Exclude<ContentAsk, { readonly ask: "read" }>,
  context: ToolContext,
): Promise<readonly PromptMessage[] | readonly string[]> => {
  const { arguments: named = {} } = prompt;
  if (ask.ask === "complete") {
    const argument = Object.hasOwn(named, ask.argument) ? named[ask.argument] : undefined;
    return await complete(argument?.complete, ask, context);
  }
  requireArguments(named, ask.arguments);
  const answer = await prompt.run(ask.arguments, context);
  if (typeof answer === "string") return [{ role: "user", content: contentPart(answer) }];
  if (!Array.isArray(answer))
    throw new PluginError("plugin_error", "The prompt gave neither a text nor a list of messages.");
  return answer.map(({ role, content }) => ({ role, content: contentPart(content) }));
};

/** What a tool answers that has `answers: "content"`, as it leaves the sandbox. */
export const toolContent = (answer: unknown): readonly ContentPart[] =>
  [answer].flat().map((part) => contentPart(part as string | Content));

/** What a resource answers. Throws what its code throws. */
export const askResource = async (
  resource: ResourceDefinition,
  ask: Exclude<ContentAsk, { readonly ask: "get" }>,
  context: ToolContext,
): Promise<readonly ResourceContent[] | readonly string[]> => {
  if (ask.ask === "complete") {
    const { complete: completions = {} } = resource;
    const completing = Object.hasOwn(completions, ask.argument) ? completions[ask.argument] : undefined;
    return await complete(completing, ask, context);
  }
  const answer = await resource.read(ask.variables, contextOf(ask.uri, context));
  return partsOf(answer).map((part) => resourceContent(part, ask.uri, resource.mediaType));
};

const complete = async (
  completing: Complete | undefined,
  { value, given }: Extract<ContentAsk, { readonly ask: "complete" }>,
  context: ToolContext,
): Promise<readonly string[]> =>
  completing === undefined ? [] : (await completing(value, given, context)).slice(0, MAX_COMPLETIONS);

const requireArguments = (
  named: NonNullable<PromptDefinition["arguments"]>,
  given: Readonly<Record<string, string>>,
): void => {
  const missing = Object.keys(named).filter(
    (name) => named[name]?.required === true && !Object.hasOwn(given, name),
  );
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(named, name));
  const faults = [
    ...missing.map((name) => ({ pointer: `/${name}`, message: "is required" })),
    ...unknown.map((name) => ({ pointer: `/${name}`, message: "is not known" })),
  ];
  if (faults.length > 0)
    throw new InvalidInputError("The arguments do not fit the prompt.", { errors: faults });
};

const partsOf = (answer: Awaited<ReturnType<ResourceDefinition["read"]>>): readonly ResourcePart[] => {
  if (typeof answer === "string") return [{ text: answer }];
  if (answer instanceof Uint8Array) return [{ bytes: answer }];
  return Array.isArray(answer) ? answer : [answer as ResourcePart];
};

/** Getters, since some of a call's context is only made when it is looked at. */
const contextOf = (uri: string, call: ToolContext): ResourceContext => ({
  uri,
  project: call.project,
  trace: call.trace,
  progress: (progress) => call.progress(progress),
  asks: call.asks,
  elicit: call.elicit,
  get api() {
    return call.api;
  },
  get settings() {
    return call.settings;
  },
  get signal() {
    return call.signal;
  },
  get log() {
    return call.log;
  },
});
