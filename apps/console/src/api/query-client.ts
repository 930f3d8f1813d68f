import { PatchbayError } from "@patchbay/protocol";
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { endSession } from "./session.ts";

/** How long what was read counts as fresh, in milliseconds. Changes arrive by events, so this may be long. */
const FRESH_MS = 30_000;
const MAX_TRIES = 3;

/** Who never was signed in, or has signed out, is led to the sign-in page by the router. */
const onError = (error: unknown): void => {
  if (!(error instanceof PatchbayError) || error.code !== "unauthenticated") return;
  if (queryClient.getQueryData(["me"]) !== undefined) endSession();
};

/** A refusal stays a refusal however often it is asked; only what may pass by itself is tried again. */
const mayPass = (error: unknown): boolean => !(error instanceof PatchbayError) || error.status >= 500;

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    // What is asked without a connection fails at once and says so: waiting in silence for the network looks like work.
    queries: {
      networkMode: "always",
      staleTime: FRESH_MS,
      retry: (failures, error) => failures < MAX_TRIES && mayPass(error),
      refetchOnWindowFocus: false,
    },
    mutations: { networkMode: "always", retry: false },
  },
});
