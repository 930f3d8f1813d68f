import type { HostMethodName } from "@patchbay/protocol";
import type { HostReply, HostRequest } from "./host-port.ts";

/** The calls that only views make. */
type ViewMethod = "settings.getAll" | "plugin.call" | "plugin.stream" | "log";

export type Ask = (
  method: HostMethodName | ViewMethod,
  args?: unknown,
  request?: HostRequest,
) => Promise<HostReply>;

/** The host is trusted by the frame, so its answers need a type and no check. */
export const value = async <T>(reply: Promise<HostReply>): Promise<T> => (await reply).value as T;
export const optional = async <T>(reply: Promise<HostReply>): Promise<T | undefined> =>
  ((await reply).value ?? undefined) as T | undefined;
export const nothing = async (reply: Promise<HostReply>): Promise<void> => void (await reply);
