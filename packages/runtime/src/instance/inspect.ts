import { type FoundContributions, PatchbayError } from "@patchbay/protocol";
import { asActivationFault, deadlineExceeded, errorForGuest } from "../faults.ts";
import { ACTIVATION_DEADLINE_MS } from "../limits.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import { withDeadline } from "../with-deadline.ts";

/**
 * Evaluates a script in a sandbox, without activating it, and ends the sandbox. Comes back with what the script
 * defines. Throws `activation_failed`, `out_of_memory` or `deadline_exceeded`.
 */
export const inspectScript = async (sandbox: Sandbox, script: Uint8Array): Promise<FoundContributions> => {
  const { connection } = sandbox;
  const found = Promise.withResolvers<FoundContributions>();
  connection.handOver((message) => {
    switch (message.t) {
      case "loaded":
        return found.resolve(message.contributions);
      case "loadFailed":
        return found.reject(new PatchbayError("activation_failed", message.error.message));
      case "hostCall": {
        const refusal = new PatchbayError(
          "not_available",
          "While a plugin is inspected, it can call nothing.",
        );
        return connection.send({ t: "error", id: message.id, error: errorForGuest(refusal) });
      }
      default:
        // Logs and the like: nobody listens.
        return undefined;
    }
  });
  void sandbox.ended.then((error) => found.reject(asActivationFault(error)));
  try {
    connection.send({ t: "load", pluginId: "", version: "", inspect: true }, script);
    const late = () => deadlineExceeded("The evaluation of the plugin's code", ACTIVATION_DEADLINE_MS / 1000);
    return await withDeadline(found.promise, ACTIVATION_DEADLINE_MS, late);
  } finally {
    sandbox.kill();
    await sandbox.ended;
  }
};
