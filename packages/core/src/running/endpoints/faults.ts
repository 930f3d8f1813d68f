import { type ErrorCode, PatchbayError } from "@patchbay/protocol";

/** What whoever sends a request can do something about, or is told in the same words whoever it is. */
const TOLD: ReadonlySet<ErrorCode> = new Set([
  "endpoint_not_found",
  "endpoint_unauthenticated",
  "invalid_request",
  "message_under_way",
  "method_not_allowed",
  "payload_too_large",
  "rate_limited",
  "request_timeout",
  "cancelled",
  "insufficient_storage",
]);
/** The plugin does not serve now, and may again: senders come again. */
const AWAY: ReadonlySet<ErrorCode> = new Set([
  "overloaded",
  "permission_denied",
  "plugin_busy",
  "plugin_disabled",
  "plugin_failed",
  "plugin_not_installed",
  "plugin_out_of_scope",
  "project_not_found",
  "project_required",
  "unavailable",
  "version_blocked",
]);
const AWAY_SECONDS = 30;

/** What somebody outside is told of a fault: nothing of plugins, of what they throw, or of the organization. */
export const outsideFault = (error: PatchbayError): PatchbayError => {
  const { code } = error;
  if (TOLD.has(code)) return error;
  if (code === "deadline_exceeded")
    return new PatchbayError("deadline_exceeded", "The answer did not come in time.");
  if (AWAY.has(code))
    return new PatchbayError("unavailable", "Nothing answers at this address now. Come again later.", {
      facts: { retryAfterSeconds: AWAY_SECONDS },
    });
  return new PatchbayError("endpoint_failed", "What answers at this address has failed.", { cause: error });
};
