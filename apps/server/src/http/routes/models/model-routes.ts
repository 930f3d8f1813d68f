import {
  type AvailableModel,
  FORMATS,
  type ListedModel,
  readEmbeddingsRequest,
  writeAnthropicModel,
  writeAnthropicModels,
  writeCount,
  writeEmbeddingsAnswer,
  writeOpenAiModel,
  writeOpenAiModels,
} from "@patchbay/models";
import { isJsonObject, type ModelFormat } from "@patchbay/protocol";
import type { FastifyRequest } from "fastify";
import Type from "typebox";
import { clientGone } from "../../event-stream.ts";
import { MAX_CALL_BODY_BYTES } from "../../limits.ts";
import type { App } from "../../route.ts";
import { callerIn } from "./caller.ts";
import { answerChat, type ChatParts } from "./chat.ts";
import { sendJson, told } from "./json-answers.ts";
import { keptRoutes } from "./kept-routes.ts";
import { sendThrown } from "./model-errors.ts";

const tags = ["Models"];
const Anything = Type.Object({}, { additionalProperties: true });

interface ChatRoute {
  readonly path: string;
  readonly format: ModelFormat;
  readonly operationId: string;
  readonly summary: string;
}

const CHATS: readonly ChatRoute[] = [
  {
    path: "/v1/chat/completions",
    format: "openai-chat",
    operationId: "createChatCompletion",
    summary: "Ask a model, as OpenAI's chat completions",
  },
  {
    path: "/v1/responses",
    format: "openai-responses",
    operationId: "createResponse",
    summary: "Ask a model, as OpenAI's responses",
  },
  {
    path: "/v1/messages",
    format: "anthropic-messages",
    operationId: "createMessage",
    summary: "Ask a model, as Anthropic's messages",
  },
];

/** The gateway: models of plugins for clients that speak OpenAI's or Anthropic's format. */
export const modelRoutes = async (app: App, parts: ChatParts): Promise<void> => {
  await app.register(async (scope: App) => {
    scope.addHook("onRoute", (route) => {
      route.config = { errorsAs: FORMATS["openai-chat"], ...route.config, takesKeyHeader: true };
    });
    scope.setErrorHandler(sendThrown);
    for (const { path, format, operationId, summary } of CHATS)
      scope.post(
        path,
        {
          bodyLimit: MAX_CALL_BODY_BYTES,
          config: { errorsAs: FORMATS[format], isStreamed },
          schema: { tags, operationId, summary, body: Anything, response: told("As the format has it") },
        },
        answerChat(FORMATS[format], parts),
      );
    countRoute(scope, parts);
    keptRoutes(scope, parts.kept);
    embeddingRoutes(scope, parts);
    listRoutes(scope, parts);
  });
};

const countRoute = (scope: App, { models }: ChatParts): void => {
  const format = FORMATS["anthropic-messages"];
  scope.post(
    "/v1/messages/count_tokens",
    {
      bodyLimit: MAX_CALL_BODY_BYTES,
      config: { errorsAs: format },
      schema: {
        tags,
        operationId: "countTokens",
        summary: "How many tokens a request has, as Anthropic's count_tokens",
        description:
          "As the model's server counts them. Where it does not, it is an estimate, and the header `patchbay-estimate` is `true`.",
        body: Anything,
        response: told("The number of tokens"),
      },
    },
    async (request, reply) => {
      const asked = format.readRequest(request.body);
      const { tokens, isEstimate } = await models.countTokens(callerIn(request, clientGone(reply)), asked);
      if (isEstimate) reply.header("patchbay-estimate", "true");
      return await reply.type("application/json; charset=utf-8").send(JSON.stringify(writeCount(tokens)));
    },
  );
};

const embeddingRoutes = (scope: App, { models }: ChatParts): void => {
  scope.post(
    "/v1/embeddings",
    {
      bodyLimit: MAX_CALL_BODY_BYTES,
      schema: {
        tags,
        operationId: "createEmbeddings",
        summary: "Turn texts into numbers, as OpenAI's embeddings",
        body: Anything,
        response: told("A list of embeddings"),
      },
    },
    async (request, reply) => {
      const asked = readEmbeddingsRequest(request.body);
      const answer = await models.embed(callerIn(request, clientGone(reply)), asked);
      return sendJson(reply, writeEmbeddingsAnswer(answer, { ...asked, model: answer.model }));
    },
  );
};

const listRoutes = (scope: App, { models }: ChatParts): void => {
  const listFor = async (request: FastifyRequest, signal: AbortSignal): Promise<ListedModel[]> =>
    (await models.list(callerIn(request, signal))).map(toListed);

  scope.get(
    "/v1/models",
    {
      schema: {
        tags,
        operationId: "listModels",
        summary: "The models that you may ask",
        description: "In Anthropic's form for who sends the header `anthropic-version`, else in OpenAI's.",
        response: told("A list of models"),
      },
    },
    async (request, reply) => {
      const list = await listFor(request, clientGone(reply));
      const written = isAnthropic(request) ? writeAnthropicModels(list) : writeOpenAiModels(list);
      return sendJson(reply, written);
    },
  );

  scope.get(
    "/v1/models/*",
    {
      schema: {
        tags,
        operationId: "getModel",
        summary: "One of the models that you may ask",
        params: Type.Object({ "*": Type.String({ maxLength: 512 }) }),
        response: told("A model"),
      },
    },
    async (request, reply) => {
      const id = request.params["*"];
      const found = toListed(await models.get(callerIn(request, clientGone(reply)), id));
      const written = isAnthropic(request) ? writeAnthropicModel(found) : writeOpenAiModel(found);
      return sendJson(reply, written);
    },
  );
};

const toListed = ({ id, plugin, since, ...info }: AvailableModel): ListedModel => ({
  ...info,
  name: id,
  owner: plugin,
  createdAt: since,
});

/** These formats say in the body that the answer comes as a stream. */
const isStreamed = (body: unknown): boolean => isJsonObject(body) && body.stream === true;

const isAnthropic = ({ headers }: FastifyRequest): boolean => headers["anthropic-version"] !== undefined;
