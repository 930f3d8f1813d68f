import type { ProviderCall } from "@patchbay/protocol";
import { type ModelContext, type ModelProvider, PluginError } from "@patchbay/sdk";
import { answerCheckOf } from "@patchbay/sdk/files";
import { type GuestKind, isRecord, notThis } from "./kind.ts";

/** Which function of a provider answers for models of a kind. Kinds without one can be listed, and nothing more. */
const FUNCTION_OF = { chat: "chat", embeddings: "embed" } as const;
const KINDS = Object.keys(FUNCTION_OF) as (keyof typeof FUNCTION_OF)[];

export const models: GuestKind<"models"> = {
  one: "model provider",
  notFound: "model_not_found",
  prepare(name, value) {
    const provider = isRecord(value) ? (value as unknown as ModelProvider) : undefined;
    if (provider === undefined || typeof provider.list !== "function")
      throw notThis(`The model provider "${name}" has no function \`list\`, which tells its models.`);
    const { title, description } = provider;
    return {
      found: {
        name,
        ...(typeof title === "string" ? { title } : {}),
        ...(typeof description === "string" ? { description } : {}),
        ...(typeof provider.upstream === "function" ? byUpstream(name, provider) : byItself(name, provider)),
      },
      checkInput: async (input) => input,
      answers: () => answerCheckOf(undefined),
      run: (input, call) => answer(name, provider, input as ProviderCall, call),
    };
  },
};

const answering = (provider: ModelProvider) =>
  KINDS.filter((kind) => typeof provider[FUNCTION_OF[kind]] === "function");

const byItself = (name: string, provider: ModelProvider) => {
  const kinds = answering(provider);
  if (kinds.length === 0)
    throw notThis(`The model provider "${name}" has no function \`chat\`, \`embed\` or \`upstream\`.`);
  return { kinds };
};

const byUpstream = (name: string, provider: ModelProvider) => {
  const kinds: unknown = provider.kinds ?? ["chat"];
  const isFit = Array.isArray(kinds) && kinds.length > 0 && kinds.every((kind) => KINDS.includes(kind));
  if (!isFit)
    throw notThis(`The \`kinds\` of the model provider "${name}" must be a list of ${KINDS.join(", ")}.`);
  if (answering(provider).length > 0)
    throw notThis(
      `The model provider "${name}" has \`upstream\`, so that Patchbay asks its models: take \`chat\` and \`embed\` out.`,
    );
  const upstream = typeof provider.adapt === "function" ? ("adapted" as const) : ("direct" as const);
  return { kinds: KINDS.filter((kind) => kinds.includes(kind)), upstream };
};

/** What the host asks of a provider. */
const answer = (
  name: string,
  provider: ModelProvider,
  call: ProviderCall,
  context: ModelContext,
): unknown => {
  switch (call.ask) {
    case "list":
      return provider.list(context);
    case "chat":
      return provider.chat?.(call.request, context) ?? unable(name, "chat models");
    case "embed":
      return provider.embed?.(call.request, context) ?? unable(name, "embeddings");
    case "upstream":
      return provider.upstream?.(context);
    case "adapt":
      return provider.adapt?.({ ...call.body }, call.request, context) ?? call.body;
  }
};

const unable = (name: string, what: string): never => {
  throw new PluginError("model_not_found", `The model provider "${name}" has no ${what}.`);
};
