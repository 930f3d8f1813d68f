import { definePlugin, tool } from "@patchbay/sdk";
import { eventsOf } from "./calendar.ts";
import { entriesOf } from "./feed.ts";
import { getText } from "./get-text.ts";

const url = { type: "string", minLength: 1, maxLength: 2_000, description: "The address" } as const;
const DAY_MS = 24 * 3600 * 1000;

export default definePlugin({
  tools: {
    read: tool({
      title: "Read a feed",
      description: "Answers with the title and the newest entries of an RSS, Atom or JSON feed.",
      input: {
        type: "object",
        properties: {
          url,
          limit: { type: "integer", minimum: 1, maximum: 200, default: 20, description: "How many entries" },
        },
        required: ["url"],
        additionalProperties: false,
      },
      async run(given, { signal }) {
        const { url: address, limit = 20 } = given as { url: string; limit?: number };
        const accept =
          "application/rss+xml, application/atom+xml, application/feed+json, application/xml, text/xml, */*;q=0.5";
        return entriesOf(await getText(address, signal, accept), limit);
      },
    }),
    calendar: tool({
      title: "Read a calendar",
      description:
        "Answers with the events of an iCalendar file in a window of time, recurring ones included.",
      input: {
        type: "object",
        properties: {
          url,
          from: { type: "string", format: "date-time", description: "Start of the window; now otherwise" },
          to: {
            type: "string",
            format: "date-time",
            description: "End of the window; 30 days after its start otherwise",
          },
        },
        required: ["url"],
        additionalProperties: false,
      },
      async run(given, { signal }) {
        const { url: address, from, to } = given as { url: string; from?: string; to?: string };
        const start = from === undefined ? new Date() : new Date(from);
        const end = to === undefined ? new Date(start.getTime() + 30 * DAY_MS) : new Date(to);
        return eventsOf(await getText(address, signal, "text/calendar, */*;q=0.5"), start, end);
      },
    }),
  },
});
