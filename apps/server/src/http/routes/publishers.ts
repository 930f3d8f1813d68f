import type { PublisherKey, PublisherKeys } from "@patchbay/core";
import { AcceptKeyBody, KnownKeyDto, PublisherParams } from "@patchbay/protocol";
import Type from "typebox";
import { created } from "../created.ts";
import { type App, answers, listOf } from "../route.ts";

/** Whose signatures count, for administrators of the deployment. */
export const publisherRoutes = (
  app: App,
  { publisherKeys }: { readonly publisherKeys: PublisherKeys },
): void => {
  const tags = ["Deployment"];

  app.get(
    "/api/system/publishers",
    {
      schema: {
        tags,
        operationId: "listKnownPublishers",
        summary: "The keys of publishers that are known here",
        response: answers({ 200: listOf(KnownKeyDto) }),
      },
    },
    async ({ principal }) => ({ items: (await publisherKeys.list(principal)).map(toKnownKeyDto) }),
  );

  app.post(
    "/api/system/publishers",
    {
      schema: {
        tags,
        operationId: "acceptPublisherKey",
        summary: "Take a publisher's key on your word",
        description:
          "For publishers that no marketplace knows, and for those that have lost all of their keys. What the key signs counts from then on.",
        body: AcceptKeyBody,
        response: answers({ 201: KnownKeyDto }),
      },
    },
    async ({ principal, body }, reply) => {
      const key = toKnownKeyDto(await publisherKeys.accept(principal, body));
      return created(reply, "api", "system", "publishers", key.publisher).send(key);
    },
  );

  app.delete(
    "/api/system/publishers/:publisher",
    {
      schema: {
        tags,
        operationId: "forgetPublisher",
        summary: "Forget all keys of a publisher",
        description:
          "Its packages count as unsigned until a key is known again; the next keys that it is seen with are taken.",
        params: PublisherParams,
        response: answers({ 204: Type.Null() }),
      },
    },
    async ({ principal, params }, reply) => {
      await publisherKeys.remove(principal, params.publisher);
      return reply.code(204).send(null);
    },
  );
};

const toKnownKeyDto = ({ endorsement, revoked, seal: _seal, ...key }: PublisherKey): KnownKeyDto => ({
  ...key,
  ...(endorsement && { endorsedBy: endorsement.keyId }),
  ...(revoked && { revoked: { at: revoked.at.toISOString(), reason: revoked.reason } }),
  learnedAt: key.learnedAt.toISOString(),
});
