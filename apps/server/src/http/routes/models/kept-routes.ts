import { Places } from "@patchbay/core";
import type { KeptResponses } from "@patchbay/models";
import { PatchbayError } from "@patchbay/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import Type from "typebox";
import { clientGone } from "../../event-stream.ts";
import { MAX_KEPT_READS_PER_PERSON } from "../../limits.ts";
import type { App } from "../../route.ts";
import { callerIn } from "./caller.ts";
import { sendJson, told } from "./json-answers.ts";

const tags = ["Models"];
const params = Type.Object({ id: Type.String({ maxLength: 128, description: "Of an answer: resp_…" }) });
/** Clients send more than is asked for here, like what to include. */
const more = { additionalProperties: true };

/** Answers that are kept, for who asked for them. */
export const keptRoutes = (app: App, kept: KeptResponses): void => {
  const places = new Places(
    MAX_KEPT_READS_PER_PERSON,
    (taken) => `You read ${taken} kept answers at once. Take them before you ask for more.`,
  );
  /** Until the answer has left. */
  const takePlace = ({ principal }: FastifyRequest, { raw }: FastifyReply): void => {
    raw.once("close", places.take(principal.user.id));
  };
  app.get(
    "/v1/responses/:id",
    {
      schema: {
        tags,
        operationId: "getResponse",
        summary: "An answer that is kept",
        params,
        querystring: Type.Object(
          { stream: Type.Optional(Type.Boolean({ description: "Only false: it is not told again" })) },
          more,
        ),
        response: told("The answer as it was given"),
      },
    },
    async (request, reply) => {
      if (request.query.stream === true)
        throw new PatchbayError(
          "invalid_request",
          "stream: An answer that is kept is not told once more as a stream; leave it out.",
        );
      takePlace(request, reply);
      return sendJson(reply, await kept.find(callerIn(request, clientGone(reply)), request.params.id));
    },
  );

  app.delete(
    "/v1/responses/:id",
    {
      schema: {
        tags,
        operationId: "deleteResponse",
        summary: "Forget an answer that is kept",
        description: "Answers that go on from it cannot be gone on from any more.",
        params,
        response: told("Which answer was forgotten"),
      },
    },
    async (request, reply) =>
      sendJson(reply, await kept.remove(callerIn(request, clientGone(reply)), request.params.id)),
  );

  app.get(
    "/v1/responses/:id/input_items",
    {
      schema: {
        tags,
        operationId: "listResponseInputItems",
        summary: "What was asked for an answer that is kept",
        description: "Only what was asked anew, without the answers that it goes on from.",
        params,
        querystring: Type.Object(
          {
            limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
            order: Type.Enum(["asc", "desc"], { default: "desc" }),
            after: Type.Optional(Type.String({ maxLength: 512, description: "Id of an item" })),
          },
          more,
        ),
        response: told("A list of items"),
      },
    },
    async (request, reply) => {
      const { limit, order, after } = request.query;
      takePlace(request, reply);
      const page = { limit, order, ...(after !== undefined && { after }) };
      const caller = callerIn(request, clientGone(reply));
      return sendJson(reply, await kept.listInput(caller, request.params.id, page));
    },
  );
};
