import { PatchbayClient } from "@patchbay/api-client";
import { Option } from "commander";
import type { CommonOptions } from "../common-options.ts";
import { UsageError } from "../output.ts";
import { openClient, requireUrl, serverUrl } from "../session.ts";

export type RegistryOptions<T = unknown> = CommonOptions &
  T & { readonly registry?: string; readonly token?: string };

export const registryOption = () =>
  new Option("--registry <url>", "the registry's server; that of `login` otherwise").env(
    "PATCHBAY_REGISTRY_URL",
  );
export const tokenOption = () =>
  new Option("--token <token>", "the publisher's token; a person's key otherwise").env(
    "PATCHBAY_REGISTRY_TOKEN",
  );

/** With the publisher's token where there is one, otherwise with the key of whoever is signed in. */
export const openRegistry = async (options: RegistryOptions): Promise<PatchbayClient> => {
  const { token, org } = options;
  const registry = options.registry === undefined ? undefined : requireUrl(options.registry);
  const server = await serverUrl();
  if (token !== undefined) return new PatchbayClient({ url: registry ?? server, apiKey: token });
  // A key is for the server that gave it out, and shown to no other.
  if (registry !== undefined && new URL(registry).origin !== new URL(server).origin)
    throw new UsageError(
      `The API key is one of ${new URL(server).origin}, and is shown to no other server. Sign in there with \`patchbay login --url ${registry}\` (without PATCHBAY_URL and PATCHBAY_API_KEY), or, to publish, give the publisher's token with --token.`,
    );
  return await openClient(org);
};
