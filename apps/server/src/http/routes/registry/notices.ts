import { AdvisoryBody, BlockBody, BlockedDto, OsvDto } from "@patchbay/protocol";
import Type from "typebox";
import type { RegistryServices } from "../../../registry/registry-services.ts";
import { created } from "../../created.ts";
import { type App, answers, NoContent } from "../../route.ts";

const Advisory = Type.Object({
  id: Type.String({ maxLength: 128, pattern: "^[A-Za-z0-9][A-Za-z0-9._:-]*$" }),
});
/** An advisory with everything that anybody could want to say. */
const MAX_ADVISORY_BYTES = 256 * 1024;

/** Advisories and blocks. */
export const noticeRoutes = (app: App, { registry }: { readonly registry: RegistryServices }): void => {
  const { notices, documents } = registry;
  const tags = ["Registry: operator"];

  app.put(
    "/registry/v1/advisories/:id",
    {
      bodyLimit: MAX_ADVISORY_BYTES,
      schema: {
        tags: ["Registry: publishers"],
        operationId: "putAdvisory",
        summary: "Publish an advisory, or another text of it",
        description:
          "In OSV format, with the ecosystem `Patchbay`. Publishers write about their own packages. `modified` is set here.",
        params: Advisory,
        body: AdvisoryBody,
        response: answers({ 200: OsvDto }),
      },
    },
    async ({ registryCaller: caller, params: { id }, body }) => {
      const kept = await notices.putAdvisory(caller, id, body);
      documents.changed("advisories");
      return kept;
    },
  );

  app.post(
    "/registry/v1/advisories/:id/withdraw",
    {
      schema: {
        tags: ["Registry: publishers"],
        operationId: "withdrawAdvisory",
        summary: "Say that an advisory was a mistake",
        params: Advisory,
        response: answers({ 200: OsvDto }),
      },
    },
    async ({ registryCaller: caller, params: { id } }) => {
      const withdrawn = await notices.withdrawAdvisory(caller, id);
      documents.changed("advisories");
      return withdrawn;
    },
  );

  app.post(
    "/registry/v1/blocklist",
    {
      schema: {
        tags,
        operationId: "addBlock",
        summary: "Block versions everywhere",
        body: BlockBody,
        response: answers({ 201: BlockedDto }),
      },
    },
    async ({ registryCaller: caller, body }, reply) => {
      const blocked = await notices.block(caller, body);
      documents.changed("blocklist");
      return await created(reply, "registry", "v1", "blocklist").send(blocked);
    },
  );

  app.delete(
    "/registry/v1/blocklist",
    {
      schema: {
        tags,
        operationId: "removeBlock",
        summary: "Take a block back",
        querystring: Type.Object(
          { plugin: Type.String({ maxLength: 128 }), versions: Type.String({ maxLength: 500 }) },
          { additionalProperties: false },
        ),
        response: answers({ 204: NoContent }),
      },
    },
    async ({ registryCaller: caller, query: { plugin, versions } }, reply) => {
      await notices.unblock(caller, plugin, versions);
      documents.changed("blocklist");
      return await reply.code(204).send(null);
    },
  );
};
