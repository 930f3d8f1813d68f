import { isIP } from "node:net";
import { PatchbayError } from "@patchbay/protocol";
import type { FastifyRequest } from "fastify";
import type { Site } from "../site.ts";

/**
 * Refuses what a browser was made to send by a page of another site. Such a page can give a name of its own this server's address, so that a
 * host is believed that nobody else can have made: the one that the operator or the server itself says, an address, or a name without a dot.
 * Throws `cross_origin`.
 */
export const requireOwnSite = (request: FastifyRequest, site: Site): void => {
  const { origin } = request.headers;
  if (origin !== undefined && origin !== site.originOf(request))
    throw refusal(`It was sent by a page of ${origin.slice(0, 200)}.`);
  const host = request.hostname;
  if (!isOwnHost(host, site)) throw refusal(`It names the host ${host.slice(0, 200)}.`);
};

const isOwnHost = (host: string, site: Site): boolean => {
  if (!host.includes(".") || host.endsWith(".localhost")) return true;
  if (isIP(host.replaceAll(/^\[|\]$/g, "")) > 0) return true;
  const own = [site.publicUrl, site.listening].flatMap((url) => (url ? [new URL(url).hostname] : []));
  return own.includes(host.toLowerCase());
};

const refusal = (what: string): PatchbayError =>
  new PatchbayError(
    "cross_origin",
    `This server does not take the request as one for itself. ${what} An operator says where this server is by PATCHBAY_PUBLIC_URL.`,
  );
