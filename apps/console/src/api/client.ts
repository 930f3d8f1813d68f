import { PatchbayClient } from "@patchbay/api-client";
import { BASE_PATH } from "../base-path.ts";

/** The HTTP API before an organization is chosen. */
export const origin = new PatchbayClient({ url: `${location.origin}${BASE_PATH}` });

const clients = new Map<string, PatchbayClient>();

/** The HTTP API of an organization, as the person who is signed in. */
export const clientOf = (organization: string): PatchbayClient => {
  const client = clients.get(organization) ?? origin.in(organization);
  clients.set(organization, client);
  return client;
};
