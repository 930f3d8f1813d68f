import type { OwnSlots } from "../../slots.ts";
import type { HostMethodHandler } from "./domain.ts";

/** What a call holds in memory belongs to a slot of the installation, or of one person's views of it, until its answer has left. */
export const withinSlots =
  (slots: OwnSlots, handler: HostMethodHandler): HostMethodHandler =>
  async (call) => {
    const release = await slots.take(
      `${call.spec.installationId} ${call.by.caller.onBehalfOf?.user.id ?? ""}`,
      call.signal,
    );
    try {
      return { ...(await handler(call)), release };
    } catch (error) {
      release();
      throw error;
    }
  };
