import type { Database, RegistryPublisher } from "@patchbay/core";
import {
  CreatedPublisherTokenDto,
  KeyRevocationBody,
  OwnPublisherDto,
  PatchbayError,
  ProofBody,
  PublisherBody,
  PublisherKeyBody,
  PublisherKeyDto,
  PublisherTokenBody,
  PublisherTokenDto,
} from "@patchbay/protocol";
import Type from "typebox";
import type { RegistryServices } from "../../../registry/registry-services.ts";
import { toPublisherTokenDto, toRegistryPublisherDto } from "../../../registry/registry-views.ts";
import { created } from "../../created.ts";
import { type App, answers, listOf, NoContent } from "../../route.ts";

const Publisher = Type.Object({ publisher: Type.String({ maxLength: 64 }) });

const place = (publisher: string) => ["registry", "v1", "publishers", publisher];

/** Making a publisher, proving who it is, its keys and tokens. */
export const publisherRoutes = (
  app: App,
  { registry, database }: { readonly database: Database; readonly registry: RegistryServices },
): void => {
  const tags = ["Registry: publishers"];
  const { publishers, documents } = registry;
  const own = async (found: RegistryPublisher): Promise<OwnPublisherDto> => {
    const [keys, packages] = await Promise.all([
      publishers.listKeys(found.publisher),
      database.registry.packages.listOfPublisher(found.publisher),
    ]);
    return { ...toRegistryPublisherDto(found, keys, packages), proofLine: publishers.proofLine(found) };
  };

  app.get(
    "/registry/v1/publishers",
    {
      schema: {
        tags,
        operationId: "listPublishers",
        summary: "Your publishers",
        response: answers({ 200: listOf(OwnPublisherDto) }),
      },
    },
    async ({ registryCaller: caller }) => {
      const found =
        caller.kind === "principal"
          ? await publishers.listOwned(caller.principal)
          : [await publishers.find(caller.token.publisher)];
      return { items: await Promise.all(found.map(own)) };
    },
  );

  app.post(
    "/registry/v1/publishers",
    {
      schema: {
        tags,
        operationId: "createPublisher",
        summary: "Make a publisher",
        description:
          "It is yours, and may publish once it has proved who it is. One made by an administrator of the deployment is vouched for at once.",
        body: PublisherBody,
        response: answers({ 201: OwnPublisherDto }),
      },
    },
    async ({ registryCaller: caller, body }, reply) => {
      if (caller.kind === "token")
        throw new PatchbayError(
          "forbidden",
          "A publisher's token cannot make publishers: sign in, or use an API key.",
        );
      const made = await publishers.create(caller.principal, body);
      return await created(reply, ...place(made.publisher)).send(await own(made));
    },
  );

  app.post(
    "/registry/v1/publishers/:publisher/proofs",
    {
      schema: {
        tags,
        operationId: "provePublisher",
        summary: "Prove who the publisher is",
        description:
          "`dns`: a TXT record of `_patchbay.<domain>`. `well-known`: `https://<domain>/.well-known/patchbay-publisher.txt`. Either holds the `proofLine`. `operator`: an administrator of the deployment vouches.",
        params: Publisher,
        body: ProofBody,
        response: answers({ 200: OwnPublisherDto }),
      },
    },
    async ({ registryCaller: caller, params: { publisher }, body }) => {
      const proven = await publishers.prove(caller, publisher, body);
      documents.changed(`publishers/${publisher}`);
      return await own(proven);
    },
  );

  app.post(
    "/registry/v1/publishers/:publisher/keys",
    {
      schema: {
        tags,
        operationId: "addPublisherKey",
        summary: "Add a key for signing",
        description:
          "The first comes as it is; a further one needs an `endorsement`: an older key's signature over `patchbay-publisher-key/v1`, the publisher and the new key's id, each on a line.",
        params: Publisher,
        body: PublisherKeyBody,
        response: answers({ 201: PublisherKeyDto }),
      },
    },
    async ({ registryCaller: caller, params: { publisher }, body }, reply) => {
      const key = await publishers.addKey(caller, publisher, body);
      documents.changed(`publishers/${publisher}`);
      return await created(reply, ...place(publisher), "keys", key.keyId).send(key);
    },
  );

  app.post(
    "/registry/v1/publishers/:publisher/keys/:keyId/revoke",
    {
      schema: {
        tags,
        operationId: "revokePublisherKey",
        summary: "Revoke a key",
        description:
          "`superseded`: what it signed still counts. `compromised`: nothing does that it ever signed. Cannot be taken back.",
        params: Type.Object({ ...Publisher.properties, keyId: Type.String({ maxLength: 64 }) }),
        body: KeyRevocationBody,
        response: answers({ 204: NoContent }),
      },
    },
    async ({ registryCaller: caller, params: { publisher, keyId }, body }, reply) => {
      await publishers.revokeKey(caller, publisher, keyId, body.reason);
      documents.changed(`publishers/${publisher}`);
      return await reply.code(204).send(null);
    },
  );

  app.get(
    "/registry/v1/publishers/:publisher/tokens",
    {
      schema: {
        tags,
        operationId: "listPublisherTokens",
        summary: "Tokens of a publisher",
        params: Publisher,
        response: answers({ 200: listOf(PublisherTokenDto) }),
      },
    },
    async ({ registryCaller: caller, params: { publisher } }) => ({
      items: (await publishers.listTokens(caller, publisher)).map(toPublisherTokenDto),
    }),
  );

  app.post(
    "/registry/v1/publishers/:publisher/tokens",
    {
      schema: {
        tags,
        operationId: "createPublisherToken",
        summary: "Make a token for publishing",
        params: Publisher,
        body: PublisherTokenBody,
        response: answers({ 201: CreatedPublisherTokenDto }),
      },
    },
    async ({ registryCaller: caller, params: { publisher }, body: { name, expiresAt } }, reply) => {
      const { token, created: made } = await publishers.createToken(caller, publisher, {
        name,
        expiresAt: expiresAt === undefined ? null : new Date(expiresAt),
      });
      return await created(reply, ...place(publisher), "tokens", made.id).send({
        ...toPublisherTokenDto(made),
        token,
      });
    },
  );

  app.delete(
    "/registry/v1/publishers/:publisher/tokens/:id",
    {
      schema: {
        tags,
        operationId: "deletePublisherToken",
        summary: "Delete a token",
        params: Type.Object({ ...Publisher.properties, id: Type.String({ maxLength: 64 }) }),
        response: answers({ 204: NoContent }),
      },
    },
    async ({ registryCaller: caller, params: { publisher, id } }, reply) => {
      await publishers.deleteToken(caller, publisher, id);
      return await reply.code(204).send(null);
    },
  );
};
