import { type FoundContributions, PatchbayError } from "@patchbay/protocol";
import { Supervisor } from "@patchbay/runtime";

/** What a script defines, found out by evaluating it in a sandbox. Throws `activation_failed` with the script's own error. */
export const inspectScript = async (script: string, memoryMb: number): Promise<FoundContributions> => {
  const refuse = (): never => {
    throw new PatchbayError("not_available", "Nothing runs while a plugin is packed.");
  };
  const host = {
    beforeStart: async () => undefined,
    loadScript: async () => refuse(),
    hostCall: async () => refuse(),
    settings: async () => ({}),
    log: () => undefined,
    ended: () => undefined,
    gaveUp: () => undefined,
  };
  const supervisor = await Supervisor.open(host, { warmSandboxes: 0 });
  try {
    return await supervisor.inspect(script, { memoryMb });
  } finally {
    await supervisor.close();
  }
};
