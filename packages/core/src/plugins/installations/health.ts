import type { Installation } from "../../ports/installation-store.ts";
import type { CallCount } from "../metrics/call-metrics.ts";

/** From this share of failed calls on, something is wrong with a plugin that runs. */
const DEGRADED_ERROR_SHARE = 0.05;

/** How an installation is doing, with the calls and errors of the last hour on this node. */
export interface Health extends CallCount {
  /** `off` when it is not meant to run, `starting` while it is on its way, `failed` when it is meant to run and does not. */
  readonly state: "off" | "starting" | "healthy" | "degraded" | "failed";
  /** When this node began to count, RFC 3339; absent once that is more than an hour ago. */
  readonly since?: string;
}

/** `since`: when this node began to count, if that is less than an hour ago. */
export const healthOf = (
  installation: Installation,
  lastHour: CallCount,
  since: Date | null = null,
): Health => ({
  state: stateOf(installation, lastHour),
  ...lastHour,
  ...(since !== null && { since: since.toISOString() }),
});

const stateOf = ({ state, transition }: Installation, { calls, errors }: CallCount): Health["state"] => {
  if (state === "error" || state === "blocked") return "failed";
  if (state === "enabling") return "starting";
  if (state === "disabled" || (state === "updating" && transition?.wasEnabled !== true)) return "off";
  return errors > 0 && errors >= calls * DEGRADED_ERROR_SHARE ? "degraded" : "healthy";
};
