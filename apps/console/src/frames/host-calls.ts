import type { PatchbayClient } from "@patchbay/api-client";
import { type NotificationParams, PatchbayError } from "@patchbay/protocol";
import type { CallFrame } from "./frame-channel.ts";

/** Calls whose values come one by one, and those whose answer has bytes. */
const STREAMS: ReadonlySet<string> = new Set([
  "plugin.stream",
  "chat.streamMessage",
  "fetch",
  "storage.files.read",
  "conversations.export",
]);

export interface HostCallOptions {
  readonly plugin: string;
  /** The project that is looked at. */
  readonly project?: string;
  /** Shows what the plugin was allowed to say. */
  notify(notification: NotificationParams): void;
}

/** A view's calls over the HTTP API, as the person who is signed in: the server's gate decides about each of them. */
export const hostCalls =
  (client: PatchbayClient, { plugin, project, notify }: HostCallOptions): CallFrame =>
  async ({ method, args, attachment, signal, head, chunk }) => {
    const body = {
      method,
      args,
      ...(attachment !== undefined && { attachment }),
      ...(project !== undefined && { project }),
    };
    const answer = STREAMS.has(method)
      ? await client.views.stream(plugin, body, { head, chunk }, signal)
      : await client.views.call(plugin, body, signal);
    if (method === "ui.showNotification") notify(asNotification(args));
    return answer;
  };

/** The server has checked the form; this is for the type. */
const asNotification = (args: unknown): NotificationParams => {
  const { title, message, level } = args as Partial<NotificationParams>;
  if (typeof title !== "string") throw new PatchbayError("invalid_input", "A notification needs a title.");
  return { title, ...(message !== undefined && { message }), ...(level !== undefined && { level }) };
};
