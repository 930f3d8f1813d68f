import type { HostDomainName } from "@patchbay/protocol";
import type { OwnSlots } from "../../slots.ts";
import type { HostHandlers, HostMethodHandler, PermittedCall } from "./domain.ts";

/** Whose a host call is: the installation's, or of its views one person's. */
export const callOwnerOf = ({ spec, by }: Pick<PermittedCall, "spec" | "by">): string =>
  `${spec.installationId} ${by.caller.onBehalfOf?.user.id ?? ""}`;

/** The same handlers. What a call holds in memory belongs to a slot of its owner until its answer has left; `slotsOf` says which, by method. */
export const withinSlots = <Domain extends HostDomainName>(
  handlers: HostHandlers<Domain>,
  slotsOf: (method: string) => OwnSlots,
): HostHandlers<Domain> =>
  Object.fromEntries(
    Object.entries(handlers).map(([method, handler]) => [
      method,
      within(slotsOf(method), handler as HostMethodHandler),
    ]),
  ) as unknown as HostHandlers<Domain>;

const within =
  (slots: OwnSlots, handler: HostMethodHandler): HostMethodHandler =>
  async (call) => {
    const release = await slots.take(callOwnerOf(call), call.signal);
    try {
      return { ...(await handler(call)), release };
    } catch (error) {
      release();
      throw error;
    }
  };
