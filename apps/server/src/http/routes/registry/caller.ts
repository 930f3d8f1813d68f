import { PUBLISHER_TOKEN_PREFIX, type RegistryCaller } from "@patchbay/core";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { RegistryServices } from "../../../registry/registry-services.ts";
import type { Authentication } from "../../authentication.ts";
import type {} from "../../caller.ts";
import { byOneOf } from "../../openapi/describe.ts";

const TOKEN = new RegExp(`^bearer (${PUBLISHER_TOKEN_PREFIX}\\S+)$`, "i");

/** For the description. */
const CALLERS = byOneOf("publisherToken", "apiKey", "session");

/** Who sent the request, as of now. Throws `unauthenticated`. */
export type FindRegistryCaller = (request: FastifyRequest) => Promise<RegistryCaller>;

/**
 * Finds out who calls, by a publisher's token or as everywhere else. These routes are `public` to the usual way. Answers with what
 * finds it out once more, for requests that take long to arrive.
 */
export const callerOfRegistry = (
  scope: FastifyInstance,
  { registry }: { readonly registry: RegistryServices },
  authentication: Authentication,
): FindRegistryCaller => {
  const find = async (request: FastifyRequest): Promise<RegistryCaller> => {
    const token = tokenOf(request);
    return token === undefined
      ? { kind: "principal", principal: await authentication.principalOf(request) }
      : await registry.publishers.callerOfToken(token);
  };
  scope.decorateRequest("registryCaller");
  scope.addHook("onRoute", (route) => {
    route.config = { ...route.config, public: true };
    route.schema = { ...route.schema, security: CALLERS };
  });
  scope.addHook("onRequest", async (request) => {
    request.registryCaller = await find(request);
  });
  return find;
};

const tokenOf = ({ headers: { authorization } }: FastifyRequest): string | undefined =>
  TOKEN.exec(authorization ?? "")?.[1];
