import { Readable } from "node:stream";
import type { ConversationReview, ReviewedConversation } from "@patchbay/core";
import {
  type ConversationDto,
  ConversationExport,
  ConversationDto as ConversationSchema,
  ConversationSearch,
  KeptMessageDto,
} from "@patchbay/protocol";
import Type from "typebox";
import { bytes } from "../openapi/describe.ts";
import {
  type App,
  answers,
  DEFAULT_PAGE,
  listOf,
  NoContent,
  OrgPlugin,
  PageQuery,
  pageOf,
} from "../route.ts";

const tags = ["Conversations"];
const base = "/api/orgs/:org/conversations/:plugin";
const OneConversation = Type.Object({
  ...OrgPlugin.properties,
  conversation: Type.String({ maxLength: 64 }),
});
const BY_POLICY =
  "For owners and administrators, where the policy's rule `conversations` lets them. It is written into the audit log.";

/** What plugins keep of conversations, for administrators whom the policy lets read it. */
export const conversationRoutes = (app: App, { review }: { readonly review: ConversationReview }): void => {
  app.get(
    base,
    {
      schema: {
        tags,
        operationId: "listConversations",
        summary: "Conversations that a plugin keeps",
        description: `${BY_POLICY} Those that were changed last come first.`,
        params: OrgPlugin,
        querystring: ConversationSearch,
        response: answers({ 200: listOf(ConversationSchema) }),
      },
    },
    async ({ principal, params, query: { limit = DEFAULT_PAGE, ...query } }) => {
      const page = await review.list(principal, params.org, params.plugin, { limit, ...query });
      return { ...page, items: page.items.map(toDto) };
    },
  );

  app.get(
    `${base}/:conversation`,
    {
      schema: {
        tags,
        operationId: "getConversation",
        summary: "One conversation, without its messages",
        description: BY_POLICY,
        params: OneConversation,
        response: answers({ 200: ConversationSchema }),
      },
    },
    async ({ principal, params: { org, plugin, conversation } }) =>
      toDto(await review.find(principal, org, plugin, conversation)),
  );

  app.get(
    `${base}/:conversation/messages`,
    {
      schema: {
        tags,
        operationId: "listConversationMessages",
        summary: "Messages of a conversation, in their order",
        description: `${BY_POLICY} A page has at most 2 MiB of them.`,
        params: OneConversation,
        querystring: Type.Object(PageQuery, { additionalProperties: false }),
        response: answers({ 200: listOf(KeptMessageDto) }),
      },
    },
    async ({ principal, params: { org, plugin, conversation }, query }) => {
      const page = await review.messages(principal, org, plugin, conversation, pageOf(query));
      return { ...page, items: [...page.items] };
    },
  );

  app.get(
    `${base}/:conversation/export`,
    {
      schema: {
        tags,
        operationId: "exportConversation",
        summary: "A conversation as one document",
        description: BY_POLICY,
        params: OneConversation,
        querystring: ConversationExport,
        response: answers({ 200: bytes(["application/json", "text/markdown"], "The document") }),
      },
    },
    async ({ principal, params: { org, plugin, conversation }, query: { format = "json" } }, reply) => {
      const { contentType, pieces } = await review.export(principal, org, plugin, conversation, format);
      const name = `conversation.${format === "json" ? "json" : "md"}`;
      return await reply
        .type(contentType)
        .header("content-disposition", `attachment; filename="${name}"`)
        .send(Readable.from(pieces, { objectMode: false }));
    },
  );

  app.delete(
    `${base}/:conversation`,
    {
      schema: {
        tags,
        operationId: "deleteConversation",
        summary: "Delete a conversation that a plugin keeps",
        description: BY_POLICY,
        params: OneConversation,
        response: answers({ 204: NoContent }),
      },
    },
    async ({ principal, params: { org, plugin, conversation } }, reply) => {
      await review.remove(principal, org, plugin, conversation);
      return await reply.code(204).send(null);
    },
  );
};

const toDto = ({ userId: _userId, ...conversation }: ReviewedConversation): ConversationDto => conversation;
