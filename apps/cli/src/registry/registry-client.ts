import { PatchbayClient } from "@patchbay/api-client";
import { Option } from "commander";
import type { CommonOptions } from "../common-options.ts";
import { UsageError } from "../output.ts";
import { openClient, serverUrl } from "../session.ts";

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
export const openRegistry = async ({ registry, token, org }: RegistryOptions): Promise<PatchbayClient> => {
  const server = await serverUrl();
  if (token !== undefined) return new PatchbayClient({ url: registry ?? server, apiKey: token });
  // A key is for the server that gave it out, and shown to no other.
  if (registry !== undefined && new URL(registry).origin !== new URL(server).origin)
    throw new UsageError(
      `Give the publisher's token with --token, or run \`patchbay login --url ${registry}\`.`,
    );
  return await openClient(org);
};
