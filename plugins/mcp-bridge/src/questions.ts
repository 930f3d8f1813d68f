import type { ClientCapabilities, InputRequiredResult } from "@modelcontextprotocol/client";
import { type ClientQuestion, type Elicitation, PluginError, type ToolContext } from "@patchbay/sdk";

type Requests = NonNullable<InputRequiredResult["inputRequests"]>;

const CAPABILITY_OF = {
  "elicitation/create": "elicitation",
  "sampling/createMessage": "sampling",
  "roots/list": "roots",
} as const satisfies Readonly<Record<ToolContext["asks"][number], keyof ClientCapabilities>>;

/** What a server is told that can be asked: what whoever calls the tool can be. */
export const capabilitiesOf = ({ asks }: Pick<ToolContext, "asks">): ClientCapabilities =>
  Object.fromEntries(asks.map((method) => [CAPABILITY_OF[method], {}]));

/** Asks whoever calls what a server wants to know. Throws `plugin_error` for what nobody here can be asked, and as `elicit` does. */
export const answersTo = async (
  requests: Requests,
  { elicit }: Pick<ToolContext, "elicit">,
): Promise<Readonly<Record<string, unknown>>> => {
  const names = Object.keys(requests);
  // Some servers want to be called again, and no more.
  if (names.length === 0) return {};
  const answers = await elicit(Object.fromEntries(names.map((name) => [name, questionOf(requests[name])])));
  return Object.fromEntries(
    names.map((name) => {
      if (answers[name] !== undefined) return [name, answers[name]];
      throw new PluginError(
        "plugin_error",
        "The server asks something that the client of this call cannot be asked.",
      );
    }),
  );
};

const questionOf = (request: unknown): Elicitation | ClientQuestion => {
  const { method, params = {} } = (request ?? {}) as {
    method?: string;
    params?: Readonly<Record<string, unknown>>;
  };
  switch (method) {
    case "elicitation/create":
      if (params.requestedSchema === undefined) break;
      return {
        message: String(params.message),
        schema: params.requestedSchema as Elicitation["schema"],
      };
    case "sampling/createMessage":
    case "roots/list":
      return { method, params };
  }
  throw new PluginError("plugin_error", "The server asks in a way that is not known here.");
};
