/** One server-sent event. JSON has no line breaks in it, so that one line of data is enough. */
export const sse = (data: unknown, event?: string): string =>
  `${event === undefined ? "" : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`;

/** The last word of a stream where a format has one. */
export const SSE_DONE = "data: [DONE]\n\n";

/** A comment, which every client skips. */
export const SSE_PING = ": ping\n\n";
