import type { RegistryCaller } from "@patchbay/core";
import type { FastifyRequest } from "fastify";
import type {} from "./authentication.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who changes something in the registry; set for the routes that do. */
    registryCaller: RegistryCaller;
  }
}

/** By what a caller is told apart, once it is known who calls: one text for each person, key and publisher's token. null: not known. */
export const callerOf = ({ principal, registryCaller }: FastifyRequest): string | null => {
  const known = principal ?? (registryCaller?.kind === "principal" ? registryCaller.principal : undefined);
  if (known !== undefined) return `${known.user.id}${known.key === null ? "" : ` key ${known.key.id}`}`;
  return registryCaller?.kind === "token" ? `token ${registryCaller.token.id}` : null;
};
