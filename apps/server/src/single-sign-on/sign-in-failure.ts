import { PatchbayError } from "@patchbay/protocol";
import { AuthorizationResponseError, ResponseBodyError } from "openid-client";
import { ProviderUnreachable } from "./bounded-fetch.ts";

const MAX_REASON_CHARACTERS = 1_000;

/** What the person is told when the provider's answer, or the lack of one, made `error`. */
export const toSignInFailure = (error: unknown): PatchbayError => {
  if (causesOf(error).some((cause) => cause instanceof ProviderUnreachable))
    return new PatchbayError("sign_in_unavailable", "The sign-in provider cannot be reached.", {
      cause: error,
    });
  return new PatchbayError("sign_in_failed", "The sign-in provider's answer was not accepted.", {
    cause: error,
  });
};

/** What went wrong in the operator's words: no tokens and no claims, which the errors of the library carry along. */
export const reasonOf = (failure: PatchbayError): string => {
  const causes = causesOf(failure.cause);
  const unreachable = causes.find((cause) => cause instanceof ProviderUnreachable);
  if (unreachable !== undefined) return unreachable.message;
  const reason = causes.map(describe).join(": ");
  return (reason || failure.message).slice(0, MAX_REASON_CHARACTERS);
};

const describe = (error: Error): string =>
  error instanceof AuthorizationResponseError || error instanceof ResponseBodyError
    ? `the provider says ${error.error}${error.error_description === undefined ? "" : ` (${error.error_description})`}`
    : error.message;

/** The error and what caused it, outermost first. */
const causesOf = (error: unknown): Error[] => {
  const found: Error[] = [];
  for (let at = error; at instanceof Error && !found.includes(at); at = at.cause) found.push(at);
  return found;
};
