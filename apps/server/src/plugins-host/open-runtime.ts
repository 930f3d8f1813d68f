import type { PluginRuntime, RuntimeHost } from "@patchbay/core";
import { Supervisor } from "@patchbay/runtime";
import type { Logger } from "pino";
import type { Configuration } from "../config/configuration.ts";

/** Starts what runs plugins, and says in the log what the operating system holds them with. Throws when it cannot hold them as configured. */
export const openRuntime = async (
  host: RuntimeHost,
  { sandbox: mode }: Configuration,
  log: Logger,
): Promise<PluginRuntime> => {
  const runtime = await Supervisor.open(host, {
    sandbox: mode,
    onInternalFault: (error) => log.error({ err: error }, "the sandbox runtime failed"),
  });
  const sandbox = runtime.sandbox();
  if (sandbox !== null) log.info({ sandbox }, "sandboxes run, held by this");
  if (sandbox?.note !== undefined && mode === undefined)
    log.warn({ reason: sandbox.note }, "the system holds sandboxes with less than it could");
  return runtime;
};
