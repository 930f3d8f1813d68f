import { PatchbayError } from "@patchbay/protocol";
import { isDeploymentAdmin } from "../access/authority.ts";
import { actorOf, type Principal } from "../access/caller.ts";
import type { Actor } from "../ports/audit-store.ts";
import type { PublisherToken } from "../ports/registry-store.ts";

/** Who changes something in the registry: a publisher's token, or a person (in person or by API key). */
export type RegistryCaller =
  | { readonly kind: "token"; readonly token: PublisherToken }
  | { readonly kind: "principal"; readonly principal: Principal };

export const PUBLISHER_TOKEN_PREFIX = "pbp_";

export const actorOfCaller = (caller: RegistryCaller): Actor =>
  caller.kind === "principal"
    ? actorOf(caller.principal)
    : { kind: "api_key", id: caller.token.id, name: `${caller.token.name} (${caller.token.publisher})` };

export const isAdmin = (caller: RegistryCaller): boolean =>
  caller.kind === "principal" && isDeploymentAdmin(caller.principal);

/** Throws `forbidden` unless the caller administers the deployment, and with it the registry. */
export const requireRegistryAdmin = (caller: RegistryCaller): void => {
  if (isAdmin(caller)) return;
  throw new PatchbayError("forbidden", "Only an administrator of this registry's deployment may do this.");
};

/** Whether a person may act for what is theirs: an API key that may only use plugins may not. */
export const mayPublish = ({ key }: Principal): boolean =>
  key === null || key.rights.includes("org.plugins.write");
