import type { HostMethodName } from "@patchbay/protocol";
import type { HostReply, HostRequest } from "./host-port.ts";

/** The calls that only views make. */
type ViewMethod = "settings.getAll" | "plugin.call" | "plugin.stream" | "log";

export type Ask = (
  method: HostMethodName | ViewMethod,
  args?: unknown,
  request?: HostRequest,
) => Promise<HostReply>;
