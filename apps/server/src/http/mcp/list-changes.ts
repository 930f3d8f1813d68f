import type { ServerEvent, ServerEventBus } from "@modelcontextprotocol/server";
import type { Activity, ActivityFeed, Principal } from "@patchbay/core";
import type { McpRequest } from "./mcp-request.ts";

/** What of an organization can change what one of its clients is shown. */
const CONCERNS: ReadonlySet<Activity["kind"]> = new Set([
  "installation",
  "grants",
  "scope",
  "members",
  "projects",
  "toolsets",
  "everything",
]);

const EVERY_LIST: readonly ServerEvent[] = [
  { kind: "tools_list_changed" },
  { kind: "prompts_list_changed" },
  { kind: "resources_list_changed" },
];

/**
 * Tells a client, from when this comes back until the signal aborts, that what it is shown may be other than before, on whichever node that
 * was changed: as far as its caller may know of it, who is looked at anew by `principal`. Throws `forbidden` and `organization_not_found`.
 */
export const listChanges = async (
  feed: ActivityFeed,
  { by }: McpRequest,
  principal: () => Promise<Principal>,
  signal: AbortSignal,
): Promise<AsyncGenerator<ServerEvent>> => {
  const activities = await feed.follow(principal, by.organization, signal, "org.plugins.use");
  return (async function* () {
    for await (const { kind } of activities) if (CONCERNS.has(kind)) yield* EVERY_LIST;
  })();
};

/** The bus of one subscription. Whoever has left hears nothing more; that `events` end then is up to whoever has made them. */
export const busOf = (events: AsyncIterable<ServerEvent>): ServerEventBus => ({
  // Everything that is told comes from the change feed.
  publish: () => undefined,
  subscribe: (listener) => {
    let isOpen = true;
    const read = async (): Promise<void> => {
      for await (const event of events) {
        if (!isOpen) return;
        listener(event);
      }
    };
    // Whoever may no longer listen is told so by the end of the stream.
    read().catch(() => undefined);
    return () => {
      isOpen = false;
    };
  },
});

/** The same for the stream on which clients of the old era listen. */
export const asMessages = async function* (events: AsyncIterable<ServerEvent>) {
  for await (const { kind } of events)
    yield {
      event: "message",
      data: { jsonrpc: "2.0", method: `notifications/${kind.replace("_list", "/list")}` },
    };
};
